import type { PersistIssuer } from '@gatefleet/certificate-report';
import {
  accountUris,
  checkPersistRecord,
  persistRecord,
  type PersistAccount,
  type PersistCheck,
} from '@gatefleet/dns-challenge';
import { CliError } from '../errors.ts';
import { readCertificates } from '../fleet.ts';
import { openKubernetes } from '../kubernetes.ts';
import type { CommandResult } from '../output/result.ts';
import { workspace } from '../workspace.ts';

export interface PersistRecordReport {
  readonly host: string;
  /** One for each CA. */
  readonly records: readonly PersistLine[];
}

export interface PersistLine {
  readonly issuer: string;
  /** To be put into the zone file. */
  readonly line: string;
  readonly isSet: boolean;
  /** What is wrong at each server of the zone. */
  readonly flaws: readonly string[];
}

/** The record that lets us prove a host by DNS-PERSIST-01, and whether the zone's own servers have it. @throws CliError, DnsChallengeError */
export async function certsPersistRecord(
  host: string,
  context: string | undefined,
  signal: AbortSignal,
): Promise<CommandResult<PersistRecordReport>> {
  const { persistIssuers } = await readCertificates(await openKubernetes(workspace.cluster, context), signal);
  const issuers = checkedIssuers(host, persistIssuers);
  const records = await Promise.all(
    issuers.map(async (issuer) => lineOf(host, issuer, await firstValid(host, issuer, signal))),
  );
  return { value: { host, records }, text: textOf(records), exitCode: records.every(({ isSet }) => isSet) ? 0 : 1 };
}

/** @throws CliError */
export function checkedIssuers(host: string, issuers: readonly PersistIssuer[] | undefined): readonly PersistIssuer[] {
  const doing = `finding the record for ${host}`;
  if (issuers === undefined) {
    const hint = 'set certificates.challenge.type to dns-persist-01 in environment.yaml';
    throw new CliError('BAD_ARGUMENT', `${doing}: this environment does not use dns-persist-01`, { hint });
  }
  if (issuers.length === 0) {
    const hint = 'it is made with the first order: let an Ingress ask for a host; `gatefleet certs` shows the order';
    throw new CliError('COMMAND_FAILED', `${doing}: the controller has no account at a CA yet, or the CA is away`, {
      hint,
    });
  }
  return issuers;
}

async function firstValid(host: string, issuer: PersistIssuer, signal: AbortSignal) {
  const checks = await Promise.all(
    issuer.issuerDomains.map((issuerDomain) =>
      checkPersistRecord(host, { issuerDomain, account: accountOf(issuer) }, signal),
    ),
  );
  return checks.find(({ kind }) => kind === 'valid') ?? checks[0];
}

export function lineOf(host: string, issuer: PersistIssuer, check: PersistCheck | undefined): PersistLine {
  const [issuerDomain = ''] = issuer.issuerDomains;
  const [accountUri] = accountUris(host, accountOf(issuer));
  const { zoneFileLine } = persistRecord(host, { issuerDomain, accountUri });
  const flaws = check?.kind === 'missing' ? check.flaws.map(({ server, reason }) => `${server}: ${reason}`) : [];
  return { issuer: issuer.issuer, line: zoneFileLine, isSet: check?.kind === 'valid', flaws };
}

function accountOf({ accountUri, hashed }: PersistIssuer): PersistAccount {
  return { uri: accountUri, hashed };
}

export function textOf(records: readonly PersistLine[]): string {
  const lines = records.flatMap(({ issuer, line, isSet, flaws }) => [
    line,
    `  for ${issuer}: ${isSet ? 'all servers of the zone have it' : 'to be set'}`,
    ...flaws.map((flaw) => `  ${flaw}`),
  ]);
  return `${lines.join('\n')}\n`;
}
