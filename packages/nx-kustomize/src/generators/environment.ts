import { posix } from 'node:path';
import { parseEnvironment, renderProblems } from '@gatefleet/environment';
import { formatYaml } from '@gatefleet/kustomize';
import type { Tree } from '@nx/devkit';
import { NxKustomizeError } from '../errors.ts';
import { generatedChanges } from '../generated-changes.ts';
import { environmentFiles, writeChanges } from './environment-files.ts';
import { kustomizationIn, newFolder } from './folder-name.ts';

export interface EnvironmentOptions {
  readonly name: string;
  /** Zone that the environment serves. With it an environment.yaml is made, and the overlay from that. */
  readonly domain?: string;
  /** Default: what the other environments have. */
  readonly email?: string;
  /** As Argo CD knows it. Default: the environment's name. */
  readonly cluster?: string;
  /** What is at stake. Default: development. Only production gets certificates that browsers trust. */
  readonly stage?: 'development' | 'staging' | 'production';
  /** Provider whose defaults it takes. */
  readonly preset?: string;
  /** Of overlays. Only for those without an environment.yaml. */
  readonly directory?: string;
  /** Folder of the base. Only for those without an environment.yaml. */
  readonly base?: string;
}

/**
 * Makes an environment: where environments are typed, environment.yaml and all that is generated from it; elsewhere an
 * overlay over a base.
 *
 * @throws NxKustomizeError; OverlayError where the base lacks what the environment decides.
 */
export default async function environmentGenerator(tree: Tree, options: EnvironmentOptions): Promise<void> {
  const { name, domain, directory = 'overlays', base = 'base' } = options;
  const folder = newFolder(tree, directory, name);
  if (domain === undefined) {
    if (environmentFiles(tree).length > 0) {
      throw new NxKustomizeError('INVALID_OPTION', `making environment ${name}: no domain is given`, {
        hint: 'add --domain, such as --domain=qa.example.com',
      });
    }
    writeOverlay(tree, folder, base);
    return;
  }
  const file = `${folder}/environment.yaml`;
  const text = environmentText(options, domain, tree);
  const parsed = parseEnvironment(text, file);
  if (parsed.kind === 'invalid') {
    throw new NxKustomizeError('INVALID_OPTION', `making environment ${name}:\n${renderProblems(parsed.errors)}`);
  }
  tree.write(file, text);
  writeChanges(tree, await generatedChanges(tree.root, [parsed.environment]));
}

function environmentText(options: EnvironmentOptions, domain: string, tree: Tree): string {
  const { name, email, cluster = name, stage = 'development', preset } = options;
  const environment = {
    apiVersion: 'gatefleet.dev/v1alpha1',
    kind: 'Environment',
    metadata: { name },
    spec: {
      stage,
      ...(preset !== undefined && { preset }),
      cluster: { name: cluster },
      domains: [domain],
      certificates: {
        issuers: [stage === 'production' ? 'letsencrypt' : 'letsencrypt-staging'],
        email: email ?? emailOfOthers(tree) ?? `platform@${domain}`,
      },
    },
  };
  return `# yaml-language-server: $schema=../../packages/environment/environment.schema.json\n${formatYaml(environment)}`;
}

function emailOfOthers(tree: Tree): string | undefined {
  for (const file of environmentFiles(tree)) {
    const parsed = parseEnvironment(tree.read(file, 'utf8') ?? '', file);
    if (parsed.kind === 'valid') return parsed.environment.spec.certificates.email;
  }
  return undefined;
}

function writeOverlay(tree: Tree, folder: string, base: string): void {
  if (kustomizationIn(tree, base) === undefined) {
    throw new NxKustomizeError('INVALID_OPTION', `making ${folder}: there is no kustomization in ${base}`, {
      hint: 'name the folder of the base: --base=<folder>',
    });
  }
  const kustomization = {
    apiVersion: 'kustomize.config.k8s.io/v1beta1',
    kind: 'Kustomization',
    resources: [posix.relative(folder, base)],
  };
  tree.write(`${folder}/kustomization.yaml`, formatYaml(kustomization));
}
