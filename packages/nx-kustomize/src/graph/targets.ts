import type { TargetConfiguration } from '@nx/devkit';
import type { NormalizedOptions } from '../options.ts';
import type { InputDefinition } from './nx.ts';

const executor = (name: string) => `@gatefleet/nx-kustomize:${name}`;

/** A kustomization in the eyes of its targets. */
export interface TargetFacts {
  readonly kind: 'Kustomization' | 'Component';
  /** Nothing else names it. */
  readonly isDeployed: boolean;
  /** An environment.yaml is beside it. */
  readonly isEnvironment: boolean;
}

/** Files of all that a folder names, and of what that names. */
const dependencies: InputDefinition = { fileset: '{projectRoot}/**/*', dependencies: true };

const sources: readonly InputDefinition[] = ['{projectRoot}/**/*', dependencies];

/** Waivers end with a day, so what was let be yesterday need not be today. In UTC, as waivers are read. */
const today: InputDefinition = { runtime: 'node -p "new Date().toISOString().slice(0, 10)"' };

/**
 * What can be done with a kustomization.
 *
 * @param code - inputs that change with the plugin's own code: another rule is another result.
 */
export function kustomizationTargets(
  { kind, isDeployed, isEnvironment }: TargetFacts,
  options: NormalizedOptions,
  code: readonly InputDefinition[],
): Record<string, TargetConfiguration> {
  const inputs = [...sources, ...kustomizeInputs(options), ...code];
  const kustomize = { kustomize: options.kustomize.at };
  return {
    ...(isEnvironment && { generate: { executor: executor('generate') } }),
    ...(kind === 'Kustomization' && {
      render: {
        executor: executor('render'),
        cache: true,
        inputs,
        outputs: ['{workspaceRoot}/dist/kustomize/{projectName}.yaml'],
        options: { ...kustomize, output: 'dist/kustomize/{projectName}.yaml' },
      },
    }),
    lint: { executor: executor('lint'), cache: true, inputs: [...inputs, today], outputs: [], options: kustomize },
    // What a revision had, and what a cluster has, is no input that can be hashed.
    ...(isDeployed && {
      diff: { executor: executor('diff'), cache: false, options: kustomize },
      sync: { executor: executor('sync'), cache: false },
    }),
    ...(isDeployed && isEnvironment && deliveryTargets(options)),
  };
}

/** `promote` takes the other environment's name: `nx run staging:promote production`. */
const deliveryCommands = ['sync', 'wait', 'history', 'promote', 'rollback', 'pause', 'resume'];

function deliveryTargets({ delivery }: NormalizedOptions): Record<string, TargetConfiguration> {
  if (delivery === undefined) return {};
  const target = (command: string): TargetConfiguration => ({
    executor: 'nx:run-commands',
    cache: false,
    options: { command: `${delivery} ${command} {projectName}`, cwd: '{workspaceRoot}' },
  });
  return Object.fromEntries(deliveryCommands.map((command) => [command, target(command)]));
}

/** The rules over everything that is deployed; `nx run-many -t lint` runs them last. */
export function fleetTargets(
  options: NormalizedOptions,
  code: readonly InputDefinition[],
): Record<string, TargetConfiguration> {
  return {
    lint: {
      executor: executor('lint-fleet'),
      cache: true,
      dependsOn: ['^render'],
      // Its folder often has no file of its own, and Nx finds no such project when it hashes those.
      inputs: [dependencies, ...kustomizeInputs(options), ...code, today],
      outputs: [],
      options: { kustomize: options.kustomize.at },
    },
  };
}

function kustomizeInputs({ kustomize, inputs }: NormalizedOptions): readonly InputDefinition[] {
  return [
    kustomize.kind === 'program'
      ? { runtime: `${kustomize.at} version` }
      : `{workspaceRoot}/${kustomize.at.replace(/^\.\//, '')}`,
    ...inputs,
  ];
}
