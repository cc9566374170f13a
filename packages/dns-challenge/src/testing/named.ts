import { accessSync, constants } from 'node:fs';
import { copyFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { describe } from '@jest/globals';
import { startProgram } from '@gatefleet/test-programs';
import { ask } from '../dns/ask.ts';
import type { TsigAlgorithm } from '../providers/rfc2136/tsig.ts';

/** A key that a server knows. */
export interface NamedKey {
  readonly name: string;
  readonly algorithm: TsigAlgorithm;
  /** Base64. */
  readonly secret: string;
  /** Whether it may change TXT records. */
  readonly mayUpdate: boolean;
}

export interface NamedOptions {
  /** One of 127.0.0.0/8. */
  readonly address: string;
  readonly port: number;
  /** Records of each zone in a zone file's form, without SOA. */
  readonly zones?: Readonly<Record<string, string>>;
  readonly keys?: readonly NamedKey[];
  /** Servers of other zones, at the same port; then it answers recursively. */
  readonly forwards?: Readonly<Record<string, readonly string[]>>;
}

export interface Named extends AsyncDisposable {
  readonly address: string;
  readonly port: number;
  /** Address and port. */
  readonly text: string;
  output(): string;
  stop(): Promise<void>;
}

/** Suites that need BIND's server, which `npm test` installs; without it they are skipped. */
export const describeWithNamed = namedPath() === undefined ? describe.skip : describe;

function namedPath(): string | undefined {
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/local/sbin', '/usr/sbin'];
  return folders.map((folder) => join(folder, 'named')).find(isExecutable);
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** A real BIND on the loopback, with zones of its own or as a resolver. */
export async function startNamed(options: NamedOptions): Promise<Named> {
  const { address, port, zones = {} } = options;
  const folder = await mkdtemp(join(tmpdir(), 'gatefleet-named-'));
  // AppArmor confines the installed program, by its path, to folders that are not ours.
  const file = join(folder, 'named');
  await copyFile(namedPath() ?? '', file);
  await writeFile(join(folder, 'named.conf'), configOf(options, folder), { mode: 0o600 });
  for (const [zone, records] of Object.entries(zones)) {
    const soa = `@ IN SOA ns1.${zone}. admin.${zone}. 1 60 60 600 0\n`;
    await writeFile(join(folder, `${zone}.zone`), `$TTL 60\n$ORIGIN ${zone}.\n${soa}${records}\n`);
  }
  const [name = '.'] = Object.keys(zones);
  const program = await startProgram({
    name: 'named',
    file,
    args: ['-g', '-4', '-n', '1', '-c', join(folder, 'named.conf')],
    isReady: async () => {
      const signal = AbortSignal.timeout(2_000);
      await ask({ host: address, port }, { name, type: 'SOA' }, { isRecursive: false }, signal);
      return true;
    },
  });
  const stop = async () => {
    await program.stop();
    await rm(folder, { recursive: true, force: true });
  };
  return { address, port, text: `${address}:${port}`, output: program.output, stop, [Symbol.asyncDispose]: stop };
}

function configOf({ address, port, zones = {}, keys = [], forwards = {} }: NamedOptions, folder: string): string {
  const grants = keys.filter(({ mayUpdate }) => mayUpdate).map(({ name }) => `grant ${name}. zonesub TXT;`);
  return [
    `options {
  directory "${folder}";
  listen-on port ${port} { ${address}; };
  query-source address ${address};
  pid-file none; session-keyfile none; lock-file none;
  recursion ${Object.keys(forwards).length > 0 ? 'yes' : 'no'};
  allow-query { any; };
  dnssec-validation no; notify no; empty-zones-enable no;
};
controls { };`,
    ...keys.map(({ name, algorithm, secret }) => `key "${name}." { algorithm ${algorithm}; secret "${secret}"; };`),
    ...Object.keys(zones).map(
      (zone) => `zone "${zone}" { type primary; file "${zone}.zone"; update-policy { ${grants.join(' ')} }; };`,
    ),
    ...Object.entries(forwards).map(
      ([zone, servers]) =>
        `zone "${zone}" { type forward; forward only; forwarders { ${servers.map((server) => `${server} port ${port};`).join(' ')} }; };`,
    ),
  ].join('\n');
}
