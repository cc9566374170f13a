import { randomBytes, randomUUID } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { createTestCa } from './test-ca.ts';

/** Where nobody may do anything without a token, and over TLS alone, as in every environment. */
export interface ClosedConsul {
  /** Files for `startConsul` and `startConsulCluster`. */
  readonly settings: readonly string[];
  /** File with the CA to trust; `ca.crt` beside `tls.crt` and `tls.key` of the servers. */
  readonly caFile: string;
  /** The token that may do everything. */
  readonly management: string;
}

/** The policies that every environment has, a file each. */
export const policiesFolder = join(import.meta.dirname, '../../../base/consul-acl/policies');

/**
 * From now on `fetch` in this process trusts the CA that it makes.
 * @param folder - for files with a new management token, a new key for gossip and a new certificate.
 */
export async function closedConsul(folder: string): Promise<ClosedConsul> {
  const management = randomUUID();
  const ca = await createTestCa();
  const { certificate, key } = await ca.issue(['server.dc1.consul', 'localhost', '127.0.0.1']);
  const [caFile, certificateFile, keyFile] = [join(folder, 'ca.crt'), join(folder, 'tls.crt'), join(folder, 'tls.key')];
  await writeFile(caFile, ca.certificate);
  await writeFile(certificateFile, certificate);
  await writeFile(keyFile, key, { mode: 0o600 });
  setDefaultCACertificates([...getCACertificates('default'), ca.certificate]);
  const secrets = {
    'gossip.json': { encrypt: randomBytes(32).toString('base64') },
    'management.json': { acl: { tokens: { initial_management: management } } },
    'tls.json': { tls: { defaults: { ca_file: caFile, cert_file: certificateFile, key_file: keyFile } } },
  };
  for (const [name, settings] of Object.entries(secrets))
    await writeFile(join(folder, name), JSON.stringify(settings), { mode: 0o600 });
  const files = Object.keys(secrets).map((name) => join(folder, name));
  const closed = ['closed.hcl', 'tls.hcl'].map((name) => join(import.meta.dirname, '../../../base/consul', name));
  return { settings: [...closed, ...files], caFile, management };
}
