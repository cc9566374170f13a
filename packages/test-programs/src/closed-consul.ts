import { randomBytes, randomUUID } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Where nobody may do anything without a token, as in every environment. */
export interface ClosedConsul {
  /** Files for `startConsul` and `startConsulCluster`. */
  readonly settings: readonly string[];
  /** The token that may do everything. */
  readonly management: string;
}

/** The policies that every environment has, a file each. */
export const policiesFolder = join(import.meta.dirname, '../../../base/consul-acl/policies');

/** @param folder - for files with a new management token and a new key for gossip. */
export async function closedConsul(folder: string): Promise<ClosedConsul> {
  const management = randomUUID();
  const secrets = {
    'gossip.json': { encrypt: randomBytes(32).toString('base64') },
    'management.json': { acl: { tokens: { initial_management: management } } },
  };
  for (const [name, settings] of Object.entries(secrets))
    await writeFile(join(folder, name), JSON.stringify(settings), { mode: 0o600 });
  const files = Object.keys(secrets).map((name) => join(folder, name));
  return { settings: [join(import.meta.dirname, '../../../base/consul/closed.hcl'), ...files], management };
}
