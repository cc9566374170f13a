import { existsSync, lstatSync, readFileSync, realpathSync } from 'node:fs';
import { mergedUsr } from '../catalogue/image-layer.ts';
import { capabilitiesOfMask } from './capabilities.ts';

/** What the machine offers and forbids, read once at start. */
export interface HostFacts {
  readonly capabilities: ReadonlySet<string>;
  /** Inside a user namespace other rules hold: sysfs cannot be mounted, ids may be few. */
  readonly inUserNamespace: boolean;
  /** Lowest oom_score_adj that may be set. */
  readonly minOomScoreAdj: number;
  /** /bin, /lib…: `link` into usr, or a folder of its own. */
  readonly topFolders: readonly { readonly path: string; readonly link: string | undefined }[];
  /** Read-only pieces of /etc that programs of the machine need, by path. */
  readonly etc: readonly { readonly path: string; readonly source: string }[];
  readonly architecture: string;
}

/** Libraries’ and certificates’ configuration; nothing that tells of the machine’s users. */
// prettier-ignore
const etcPaths = [
  '/etc/ld.so.cache', '/etc/ld.so.conf', '/etc/ld.so.conf.d', '/etc/alternatives', '/etc/ssl/certs',
  '/etc/ssl/openssl.cnf', '/etc/pki/tls', '/etc/pki/ca-trust', '/etc/ca-certificates', '/etc/localtime',
  '/etc/protocols', '/etc/services', '/etc/mime.types',
];

export function readHostFacts(): HostFacts {
  const status = readFileSync('/proc/self/status', 'utf8');
  const capabilities = capabilitiesOfMask(/^CapEff:\s*([0-9a-f]+)$/m.exec(status)?.[1] ?? '0');
  const inUserNamespace = !/^\s*0\s+0\s+4294967295\s*$/.test(readFileSync('/proc/self/uid_map', 'utf8'));
  const mayLower = capabilities.has('CAP_SYS_RESOURCE') && !inUserNamespace;
  return {
    capabilities,
    inUserNamespace,
    minOomScoreAdj: mayLower ? -1000 : Number(readFileSync('/proc/self/oom_score_adj', 'utf8')),
    topFolders: ['bin', 'sbin', 'lib', 'lib32', 'lib64', 'libx32']
      .filter((name) => lstatSync(`/${name}`, { throwIfNoEntry: false }) !== undefined)
      .map((name) => ({ path: `/${name}`, link: mergedUsr(name) })),
    etc: etcPaths.filter((path) => existsSync(path)).map((path) => ({ path, source: realpathSync(path) })),
    architecture: process.arch,
  };
}
