import type { z } from 'zod';
import { TraefikConfigError } from './errors.ts';
import { CertificateId, TraefikConfig } from './schema.ts';

type Leaf = string | number | boolean;
type Branch = Leaf | readonly Branch[] | { readonly [name: string]: Branch | undefined };

/**
 * The keys and values that make Traefik's KV provider read this configuration: `<root>/http/routers/<name>/rule` and so on, lists by number.
 *
 * @param rootKey - the provider's `rootKey`, e.g. `traefik`.
 * @throws TraefikConfigError `INVALID_CONFIG`
 */
export function keysOf(config: TraefikConfig, rootKey: string): ReadonlyMap<string, string> {
  const parsed = TraefikConfig.safeParse(config);
  if (!parsed.success)
    throw new TraefikConfigError('INVALID_CONFIG', `checking gateway configuration: ${told(parsed.error)}`);
  const keys = new Map<string, string>();
  const walk = (path: string, branch: Branch | undefined): void => {
    if (branch === undefined) return;
    if (typeof branch !== 'object') keys.set(path, String(branch));
    else for (const [name, below] of Object.entries(branch)) walk(`${path}/${name}`, below);
  };
  walk(rootKey, parsed.data);
  return keys;
}

/**
 * The configuration that these keys hold.
 *
 * @param keys - everything below the root key.
 * @throws TraefikConfigError `INVALID_TREE` when Traefik would refuse it, or it is nothing that we publish
 */
export function configOf(keys: ReadonlyMap<string, string>, rootKey: string): TraefikConfig {
  const root: MutableBranch = new Map();
  for (const [key, value] of keys) {
    if (!key.startsWith(`${rootKey}/`)) throw invalidTree(`the key ${quoted(key)} is not below ${rootKey}/`);
    const path = key.slice(rootKey.length + 1).split('/');
    const name = path.pop() ?? '';
    let branch = root;
    for (const segment of path) {
      const below: MutableBranch | string = branch.get(segment) ?? new Map<string, MutableBranch | string>();
      if (typeof below === 'string') throw invalidTree(`the key ${quoted(key)} is below a key that has a value`);
      branch.set(segment, below);
      branch = below;
    }
    if (branch.has(name)) throw invalidTree(`the key ${quoted(key)} has a value and keys below it`);
    branch.set(name, value);
  }
  const parsed = TraefikConfig.safeParse(plain(root));
  if (!parsed.success) throw invalidTree(told(parsed.error));
  return parsed.data;
}

/** Where a certificate and its key are published. Write both in one transaction: Traefik drops one without the other. */
export function certificateKeys(id: string, rootKey: string): { readonly certFile: string; readonly keyFile: string } {
  if (!CertificateId.safeParse(id).success) {
    throw new TraefikConfigError(
      'INVALID_CONFIG',
      `placing a certificate: ${quoted(id)} cannot be its name in the tree`,
    );
  }
  const place = `${rootKey}/tls/certificates/${id}`;
  return { certFile: `${place}/certFile`, keyFile: `${place}/keyFile` };
}

type MutableBranch = Map<string, MutableBranch | string>;

function plain(branch: MutableBranch): unknown {
  const below = [...branch].map(([name, value]) => [name, typeof value === 'string' ? value : plain(value)] as const);
  const isList = below.length > 0 && below.every(([name]) => /^\d+$/.test(name));
  // Traefik takes lists in the order of their keys as text.
  if (isList) return below.sort(([a], [b]) => (a < b ? -1 : 1)).map(([, value]) => value);
  return Object.fromEntries(below);
}

function invalidTree(what: string): TraefikConfigError {
  return new TraefikConfigError('INVALID_TREE', `reading the gateway's key tree: ${what}`);
}

function quoted(text: string): string {
  return JSON.stringify(text.slice(0, 200));
}

function told(error: z.ZodError): string {
  return error.issues.map((issue) => `${issue.path.map(String).join('/')}: ${issue.message}`).join('; ');
}
