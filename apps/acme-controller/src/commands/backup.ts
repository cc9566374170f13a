import { createReadStream } from 'node:fs';
import { open, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { openSnapshot, sealSnapshot } from '@gatefleet/certificate-transfer';
import { KvError } from '@gatefleet/consul-kv';
import type { BackupVariables } from '../config/environment.ts';
import { ConfigError } from '../config/errors.ts';
import { readMounted } from '../config/read-mounted.ts';
import type { Logger } from '../log.ts';
import { retryFor } from '../retry.ts';
import { planRetention, snapshotName, takenAt } from '../backup/snapshot-files.ts';

export interface BackupDeps {
  readonly environment: string;
  readonly readSnapshot: (signal: AbortSignal) => Promise<AsyncIterable<Buffer>>;
  readonly now: () => Date;
  readonly log: Logger;
  readonly signal: AbortSignal;
}

const PART = '.part';

/**
 * Writes the whole store, sealed, to a folder; reads it back, and only then lets go what is more than is to be kept. Waits for Consul to come
 * up. What was begun before and not ended is removed.
 *
 * @throws ConfigError, TransferError, KvError, or the file system's own error
 */
export async function backup(variables: BackupVariables, deps: BackupDeps): Promise<void> {
  const { environment, now, log } = deps;
  const { GATEFLEET_BACKUP_FOLDER: folder, GATEFLEET_BACKUP_UNLESS_WITHIN_SECONDS: within } = variables;
  const files = await readdir(folder);
  for (const file of files.filter((name) => name.endsWith(PART))) await rm(join(folder, file), { force: true });
  const [newest] = files.flatMap((name) => takenAt(environment, name) ?? []).toSorted((a, b) => b - a);
  if (newest !== undefined && now().getTime() - newest < within * 1_000) {
    log.info({ file: snapshotName(environment, new Date(newest)) }, 'this snapshot is new enough');
    return;
  }
  const secrets = {
    passphrase: (await readMounted(variables.GATEFLEET_BACKUP_PASSPHRASE_FILE)).split(/\r?\n/, 1)[0] ?? '',
    encryptionKey: await readFolder(variables.GATEFLEET_ENCRYPTION_KEY_FOLDER),
  };
  const written = await retryFor((bounded) => write(folder, secrets, { ...deps, signal: bounded }), {
    seconds: variables.GATEFLEET_WAIT_SECONDS,
    firstMs: 250,
    lastMs: 3_000,
    isRetryable: (error) => error instanceof KvError && error.isRetryable,
    onRetry: (error) => log.info({ err: error }, 'waiting for Consul'),
    signal: deps.signal,
  });
  log.info({ file: written.name, bytes: written.bytes }, 'took a snapshot of the store, sealed it and read it back');
  for (const name of planRetention(environment, await readdir(folder), variables.GATEFLEET_BACKUP_KEEP)) {
    await rm(join(folder, name));
    log.info({ file: name }, 'deleted the oldest snapshot');
  }
}

interface SealedBy {
  readonly passphrase: string;
  readonly encryptionKey: Readonly<Record<string, string>>;
}

async function write(
  folder: string,
  { passphrase, encryptionKey }: SealedBy,
  { environment, readSnapshot, now, signal }: BackupDeps,
): Promise<{ readonly name: string; readonly bytes: number }> {
  const at = now();
  const name = snapshotName(environment, at);
  const part = join(folder, `${name}${PART}`);
  try {
    const archive = await readSnapshot(signal);
    const sealed = sealSnapshot({ environment, createdAt: at.toISOString(), passphrase, encryptionKey, archive });
    await using file = await open(part, 'w', 0o600);
    let bytes = 0;
    for await (const chunk of sealed) {
      await file.writeFile(chunk);
      bytes += chunk.length;
    }
    await file.sync();
    // From the disk: what cannot be restored is found now, and the ones before are still there.
    await openSnapshot(() => createReadStream(part) as AsyncIterable<Buffer>, { passphrase, fileName: name });
    await rename(part, join(folder, name));
    await using directory = await open(folder);
    await directory.sync();
    return { name, bytes };
  } catch (error) {
    await rm(part, { force: true });
    throw error;
  }
}

/** A Secret as kubelet mounts it: a file a key, beside its own links. @throws ConfigError */
async function readFolder(folder: string): Promise<Readonly<Record<string, string>>> {
  const names = (await readdir(folder).catch(() => [])).filter((name) => !name.startsWith('.'));
  if (names.length === 0) throw new ConfigError(`reading ${folder}: there is no key in it`);
  return Object.fromEntries(
    await Promise.all(names.map(async (name) => [name, await readMounted(join(folder, name))] as const)),
  );
}
