/** Writes data/schemas.json from the pinned Kubernetes' own OpenAPI document and API sources, and from published CustomResourceDefinitions. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import type { Lifecycle, PinnedData } from '../src/schema-table.ts';
import { TableBuilder, type OpenApiSchema } from '../src/table-builder.ts';

const modulesFolder = join(import.meta.dirname, '../../../tools/toolchain/modules');
const pinned = (unit: string, module: string) => {
  const text = readFileSync(join(modulesFolder, unit, 'go.mod'), 'utf8');
  const version = new RegExp(`${module.replaceAll('.', '\\.')} (v[\\w.-]+)$`, 'm').exec(text)?.[1];
  if (version === undefined) throw new Error(`${unit}/go.mod pins no ${module}`);
  return { module, version };
};
const kubernetes = pinned('kubernetes', 'k8s.io/kubernetes');
const api = { module: 'k8s.io/api', version: kubernetes.version.replace(/^v1\./, 'v0.') };
const argocd = pinned('argocd', 'github.com/argoproj/argo-cd/v3');
const prometheusOperator = { module: 'github.com/prometheus-operator/prometheus-operator', version: 'v0.85.0' };

function folderOf({ module, version }: { module: string; version: string }): string {
  const folder = mkdtempSync(join(tmpdir(), 'gatefleet-schema-'));
  try {
    execFileSync('go', ['mod', 'init', 'schema.invalid'], { cwd: folder, stdio: 'ignore' });
    const text = execFileSync('go', ['mod', 'download', '-json', `${module}@${version}`], {
      cwd: folder,
      encoding: 'utf8',
    });
    return (JSON.parse(text) as { Dir: string }).Dir;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

interface Swagger {
  readonly definitions: Readonly<
    Record<
      string,
      OpenApiSchema & {
        readonly 'x-kubernetes-group-version-kind'?: readonly { group: string; version: string; kind: string }[];
      }
    >
  >;
}

const objectMeta = 'io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta';
const quantity = 'io.k8s.apimachinery.pkg.api.resource.Quantity';
const swagger = JSON.parse(
  readFileSync(join(folderOf(kubernetes), 'api/openapi-spec/swagger.json'), 'utf8'),
) as Swagger;
const builder = new TableBuilder();
const seen = new Set<string>();
const visit = (schema: unknown): void => {
  if (typeof schema !== 'object' || schema === null) return;
  const { $ref } = schema as { $ref?: unknown };
  if (typeof $ref === 'string') {
    const name = $ref.slice($ref.lastIndexOf('/') + 1);
    if (seen.has(name)) return;
    seen.add(name);
    const definition = swagger.definitions[name] ?? {};
    // A Quantity may be written as a number too.
    builder.define(name, name === quantity ? { format: 'quantity' } : definition);
    visit(definition);
    return;
  }
  for (const [key, value] of Object.entries(schema)) if (key !== 'status') visit(value);
};
visit({ $ref: `#/definitions/${objectMeta}` });
for (const definition of Object.values(swagger.definitions)) {
  for (const { group, version, kind } of definition['x-kubernetes-group-version-kind'] ?? []) {
    // Lists are what the API server answers with; options are arguments of requests.
    if (kind.endsWith('List') || kind.endsWith('Options') || kind === 'WatchEvent' || kind === 'Status') continue;
    const { properties = {}, ...rest } = definition;
    const own = { ...properties, ...(properties['status'] !== undefined && { status: {} }) };
    builder.addKind([...(group === '' ? [] : [group]), version, kind].join('/'), { ...rest, properties: own });
    visit({ ...rest, properties: own });
  }
}

interface Crd {
  readonly kind?: string;
  readonly spec: {
    readonly group: string;
    readonly names: { readonly kind: string };
    readonly versions: readonly {
      readonly name: string;
      readonly served: boolean;
      readonly schema?: { readonly openAPIV3Schema?: OpenApiSchema };
    }[];
  };
}
const addCrds = (folder: string) => {
  for (const file of readdirSync(folder).filter((name) => name.endsWith('.yaml') && name !== 'kustomization.yaml')) {
    for (const document of parseAllDocuments(readFileSync(join(folder, file), 'utf8'))) {
      const crd = document.toJS() as Crd;
      if (crd.kind !== 'CustomResourceDefinition') continue;
      for (const { name, served, schema } of crd.spec.versions) {
        if (!served) continue;
        builder.addCustomResource(
          `${crd.spec.group}/${name}/${crd.spec.names.kind}`,
          schema?.openAPIV3Schema ?? {},
          objectMeta,
        );
      }
    }
  }
};
addCrds(join(folderOf(argocd), 'manifests/crds'));
const wantedCrds = /_(podmonitors|servicemonitors|prometheusrules)\.yaml$/;
const operatorCrds = join(folderOf(prometheusOperator), 'example/prometheus-operator-crd');
const selected = mkdtempSync(join(tmpdir(), 'gatefleet-schema-'));
for (const file of readdirSync(operatorCrds).filter((name) => wantedCrds.test(name))) {
  writeFileSync(join(selected, file), readFileSync(join(operatorCrds, file)));
}
addCrds(selected);
rmSync(selected, { recursive: true });

function lifecycles(folder: string): Record<string, Lifecycle> {
  const found: Record<string, Lifecycle> = {};
  for (const entry of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
    if (!entry.endsWith('zz_generated.prerelease-lifecycle.go')) continue;
    const text = readFileSync(join(folder, entry), 'utf8');
    const version = entry.split('/').at(-2) ?? '';
    const register = readFileSync(join(folder, entry, '../register.go'), 'utf8');
    const group = /GroupName = "([^"]*)"/.exec(register)?.[1] ?? '';
    const release = (kind: string, what: string) => {
      const match = new RegExp(
        `func \\(in \\*${kind}\\) APILifecycle${what}\\(\\) \\(major, minor int\\) \\{\\s+return (\\d+), (\\d+)`,
      ).exec(text);
      return match === null ? undefined : `${match[1] ?? ''}.${match[2] ?? ''}`;
    };
    for (const [, kind = ''] of text.matchAll(/func \(in \*(\w+)\) APILifecycleIntroduced/g)) {
      if (kind.endsWith('List')) continue;
      const deprecated = release(kind, 'Deprecated');
      const removed = release(kind, 'Removed');
      const other = new RegExp(
        `func \\(in \\*${kind}\\) APILifecycleReplacement\\(\\) schema.GroupVersionKind \\{\\s+return schema.GroupVersionKind\\{Group: "([^"]*)", Version: "([^"]*)", Kind: "([^"]*)"`,
      ).exec(text);
      if (deprecated === undefined && removed === undefined) continue;
      found[[...(group === '' ? [] : [group]), version, kind].join('/')] = {
        ...(deprecated !== undefined && { deprecated }),
        ...(removed !== undefined && { removed }),
        ...(other !== null && {
          replacement: `${[other[1], other[2]].filter((part) => part !== '').join('/')} ${other[3] ?? ''}`,
        }),
      };
    }
  }
  return found;
}

/** Gone before the sources had the marks above. @see https://kubernetes.io/docs/reference/using-api/deprecation-guide/ */
const longGone: Record<string, Lifecycle> = {
  'apiextensions.k8s.io/v1beta1/CustomResourceDefinition': {
    deprecated: '1.16',
    removed: '1.22',
    replacement: 'apiextensions.k8s.io/v1 CustomResourceDefinition',
  },
  'apiregistration.k8s.io/v1beta1/APIService': {
    deprecated: '1.19',
    removed: '1.22',
    replacement: 'apiregistration.k8s.io/v1 APIService',
  },
  'policy/v1beta1/PodSecurityPolicy': { deprecated: '1.21', removed: '1.25' },
};

const data: PinnedData = {
  kubernetes: kubernetes.version,
  sources: [kubernetes, api, argocd, prometheusOperator].map(({ module, version }) => `${module}@${version}`),
  ...builder.table(),
  lifecycle: Object.fromEntries(
    Object.entries({ ...longGone, ...lifecycles(folderOf(api)) }).toSorted(([a], [b]) => (a < b ? -1 : 1)),
  ),
};
writeFileSync(join(import.meta.dirname, '../data/schemas.json'), `${JSON.stringify(data)}\n`);
console.log(
  `${data.nodes.length} schemas, ${Object.keys(data.kinds).length} kinds, ${Object.keys(data.lifecycle).length} lifecycles`,
);
