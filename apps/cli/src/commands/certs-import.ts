import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { planImport, readCertificates, type ImportStep } from '@gatefleet/certificate-transfer';
import { bringCertificates } from '../certificates/transfer.ts';
import { readPassphrase } from '../certificates/passphrase.ts';
import { CliError } from '../errors.ts';
import { readCertificates as readReport } from '../fleet.ts';
import { openKubernetes } from '../kubernetes.ts';
import type { CommandResult } from '../output/result.ts';
import { table } from '../output/table.ts';
import { workspace } from '../workspace.ts';

export interface ImportOptions {
  readonly file: string;
  readonly passphraseFile: string | undefined;
  readonly isDryRun: boolean;
  readonly context: string | undefined;
  readonly signal: AbortSignal;
}

/** What becomes of one certificate of the file. Without its key. */
export interface ImportLine {
  readonly kind: ImportStep['kind'];
  readonly source: string;
  readonly names: readonly string[];
  readonly notAfter?: string;
  readonly reason?: string;
}

export interface ImportReport {
  readonly isDryRun: boolean;
  readonly certificates: readonly ImportLine[];
  /** The controller's own words, one for each page of certificates. */
  readonly answers: readonly string[];
}

/** Reads a file of certificates, and has the controller keep those that last longer than what is there. @throws TransferError, CliError */
export async function certsImport(options: ImportOptions): Promise<CommandResult<ImportReport>> {
  const { file, isDryRun, signal } = options;
  const now = new Date();
  const passphrase = await readPassphrase(options.passphraseFile);
  const read = readCertificates(await readInput(file), { fileName: basename(file), now, passphrase });
  const kubernetes = await openKubernetes(workspace.cluster, options.context);
  const { certificates } = await readReport(kubernetes, signal);
  const existing = certificates.flatMap(({ names, current }) => {
    return current === undefined ? [] : [{ names, notAfter: current.notAfter }];
  });
  const steps = planImport(existing, read, now);
  const wanted = steps.flatMap((step) => (step.kind === 'import' ? [step.certificate] : []));
  const answers = isDryRun ? [] : await bringCertificates(kubernetes, wanted, signal);
  const lines = steps.map(lineOf);
  const isWhole = steps.every(({ kind }) => kind !== 'refuse') && answers.every(({ kind }) => kind === 'done');
  const messages = answers.map(({ message }) => message);
  return {
    value: { isDryRun, certificates: lines, answers: messages },
    text: importText(lines, messages, isDryRun),
    exitCode: isWhole ? 0 : 1,
  };
}

async function readInput(file: string): Promise<Buffer> {
  try {
    return await readFile(file);
  } catch (cause) {
    throw new CliError('BAD_ARGUMENT', `reading ${file}`, { hint: 'name a file that is there and readable', cause });
  }
}

export function lineOf(step: ImportStep): ImportLine {
  const { kind, source } = step;
  switch (step.kind) {
    case 'import': {
      const { names, notAfter } = step.certificate;
      const { replaces } = step;
      return {
        kind,
        source,
        names,
        notAfter,
        ...(replaces !== undefined && { reason: `replaces one until ${replaces}` }),
      };
    }
    case 'keep': {
      const { names, notAfter, existingUntil } = step;
      return { kind, source, names, notAfter, reason: `the one that is there lasts until ${existingUntil}` };
    }
    case 'duplicate': {
      const { names, notAfter, keptSource } = step;
      return { kind, source, names, notAfter, reason: `${keptSource} lasts longer` };
    }
    case 'refuse':
      return { kind, source, names: step.names ?? [], reason: step.reason };
  }
}

function importText(lines: readonly ImportLine[], answers: readonly string[], isDryRun: boolean): string {
  const rows = lines.map(({ kind, names, notAfter, source, reason }) => {
    return [kind, names.join(',') || '-', notAfter?.slice(0, 10) ?? '-', source, reason ?? ''];
  });
  const last = isDryRun ? 'a dry run: nothing was changed' : answers.join('\n') || 'nothing was imported';
  return `${lines.length === 0 ? '' : table(['WHAT', 'HOSTS', 'EXPIRES', 'FROM', 'WHY'], rows)}${last}\n`;
}
