import { open, rename, rm } from 'node:fs/promises';
import { writeBackup } from '@gatefleet/certificate-transfer';
import { readPassphrase } from '../certificates/passphrase.ts';
import { fetchCertificates } from '../certificates/transfer.ts';
import { CliError } from '../errors.ts';
import { openKubernetes } from '../kubernetes.ts';
import type { CommandResult } from '../output/result.ts';
import { workspace } from '../workspace.ts';

export interface ExportOptions {
  readonly file: string;
  readonly passphraseFile: string;
  readonly context: string | undefined;
  readonly signal: AbortSignal;
}

export interface ExportReport {
  readonly file: string;
  readonly certificates: number;
}

/** Writes an encrypted backup of all certificates with their keys, which only its owner may read. @throws TransferError, CliError */
export async function certsExport(options: ExportOptions): Promise<CommandResult<ExportReport>> {
  const { file, passphraseFile, context, signal } = options;
  const passphrase = (await readPassphrase(passphraseFile)) ?? '';
  // It refuses a bad passphrase, before any key has left the cluster.
  writeBackup([], { passphrase, createdAt: new Date() });
  const records = await fetchCertificates(await openKubernetes(workspace.cluster, context), signal);
  await writePrivately(file, writeBackup(records, { passphrase, createdAt: new Date() }));
  const value = { file, certificates: records.length };
  return { value, text: `${records.length} certificates with their keys are in ${file}, encrypted\n`, exitCode: 0 };
}

/** A file that is there already is replaced only when the new one is whole. */
export async function writePrivately(file: string, bytes: Buffer): Promise<void> {
  const beside = `${file}.${process.pid}.part`;
  try {
    const handle = await open(beside, 'wx', 0o600);
    try {
      await handle.writeFile(bytes);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(beside, file);
  } catch (cause) {
    await rm(beside, { force: true });
    throw new CliError('BAD_ARGUMENT', `writing ${file}`, { hint: 'check its folder’s owner and free space', cause });
  }
}
