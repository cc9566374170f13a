import { execFile } from 'node:child_process';
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { promisify } from 'node:util';
import { componentTokenSecret, gossipKeySecret, managementTokenSecret } from '@gatefleet/certificate-commands';
import { createTestCa } from './test-ca.ts';

/** What Consul's servers and whoever talks to them are given, as in every environment: nobody may do anything without a token, and over TLS alone. */
export interface ClosedConsul {
  /** Files for `startConsul` and `startConsulCluster`. */
  readonly settings: readonly string[];
  /** File with the CA to trust; `ca.crt` beside `tls.crt` and `tls.key` of the servers. */
  readonly caFile: string;
  /** The token that may do everything. */
  readonly management: string;
  /** By component: a token each, which Consul knows once `register` came back. */
  readonly tokens: ReadonlyMap<string, string>;
  /** For a program that reads files: the token of its component, and the CA. */
  filesOf(component: string): { readonly tokenFile: string; readonly caFile: string };
  /** For a client of the HTTP API. @param component - whose token it shows. @defaultValue the one that may do everything */
  as(component?: string): ConsulClient;
  /** Has the controller's own `consul-acl` give each component its policy and its token. */
  register(addresses: readonly string[]): Promise<void>;
}

export interface ConsulClient {
  ca(): Promise<string>;
  token(): Promise<string | undefined>;
}

const root = join(import.meta.dirname, '../../..');

/** The policies that every environment has, a file each. */
export const policiesFolder = join(root, 'base/consul-acl/policies');

/**
 * From now on `fetch` in this process trusts the CA that it makes.
 * @param folder - for files with new tokens, a new key for gossip and a new certificate.
 */
export async function closedConsul(folder: string): Promise<ClosedConsul> {
  const write = async (name: string, text = '') => {
    await writeFile(join(folder, name), text, { mode: 0o600 });
    return join(folder, name);
  };
  const ca = await createTestCa();
  const { certificate, key } = await ca.issue(['server.dc1.consul', 'localhost', '127.0.0.1']);
  const caFile = await write('ca.crt', ca.certificate);
  const [certificateFile, keyFile] = [await write('tls.crt', certificate), await write('tls.key', key)];
  setDefaultCACertificates([...getCACertificates('default'), ca.certificate]);

  const [management, gossipKey] = [managementTokenSecret.fresh(), gossipKeySecret.fresh()];
  const [managed, gossip] = [managementTokenSecret.contentOf([management]), gossipKeySecret.contentOf([gossipKey])];
  await write('management-tokens', managed[managementTokenSecret.listedIn]);
  await write('gossip-keys', gossip[gossipKeySecret.listedIn]);
  await mkdir(join(folder, 'tokens'), { recursive: true });
  const tokens = new Map<string, string>();
  const ofServers: string[] = [];
  for (const policy of await readdir(policiesFolder)) {
    const component = basename(policy, '.hcl');
    const { fresh, contentOf, listedIn } = componentTokenSecret(component);
    const token = fresh();
    tokens.set(component, token);
    const { [listedIn]: listed, 'config.json': configuration } = contentOf([token]);
    await write(join('tokens', component), listed);
    if (configuration !== undefined) ofServers.push(await write('agent.json', configuration));
  }
  const tls = { defaults: { ca_file: caFile, cert_file: certificateFile, key_file: keyFile } };
  const settings = [
    ...['closed.hcl', 'tls.hcl'].map((name) => join(root, 'base/consul', name)),
    await write('gossip.json', gossip['config.json']),
    await write('management.json', managed['config.json']),
    ...ofServers,
    await write('tls.json', JSON.stringify({ tls })),
  ];
  return {
    settings,
    caFile,
    management,
    tokens,
    filesOf: (component) => ({ tokenFile: join(folder, 'tokens', component), caFile }),
    as: (component) => ({
      ca: async () => ca.certificate,
      token: async () => (component === undefined ? management : tokens.get(component)),
    }),
    async register(addresses) {
      const env = {
        GATEFLEET_CONSUL_ADDRESSES: addresses.join(),
        GATEFLEET_CONSUL_CA_FILE: caFile,
        GATEFLEET_CONSUL_TOKEN_FILE: join(folder, 'management-tokens'),
        GATEFLEET_CONSUL_POLICIES_FOLDER: policiesFolder,
        GATEFLEET_CONSUL_TOKENS_FOLDER: join(folder, 'tokens'),
        GATEFLEET_GOSSIP_KEYS_FILE: join(folder, 'gossip-keys'),
      };
      await promisify(execFile)(process.execPath, [join(root, 'apps/acme-controller/src/main.ts'), 'consul-acl'], {
        env,
      });
    },
  };
}
