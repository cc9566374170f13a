import type { Engine, OrderRecord, RevocationReason } from '@gatefleet/acme';
import type { CertificateCommand, CommandAnswer } from '@gatefleet/certificate-commands';
import type { HostRegister } from '../store/host-owners.ts';
import type { OrderingHold } from '../store/ordering-hold.ts';
import type { TermRecords } from '../store/term-records.ts';
import type { PublishedSnapshot } from './published-snapshot.ts';
import type { ServedCertificates } from './served-certificates.ts';
import { exportCertificates, importCertificates, type TransferDeps } from './transfer-certificates.ts';

export interface CommandDeps extends TransferDeps {
  readonly orders: TermRecords<OrderRecord>;
  readonly hosts: HostRegister;
  readonly hold: OrderingHold;
  readonly served: Pick<ServedCertificates, 'letGo'>;
  readonly engine: Pick<Engine, 'rollAccountKeys'>;
  readonly snapshot: Pick<PublishedSnapshot, 'restore'>;
}

/** Does what an administrator asked for. Doing it again changes nothing more. @throws what the store threw: then it is to be done again */
export async function obeyCommand(
  command: CertificateCommand,
  deps: CommandDeps,
  signal: AbortSignal,
): Promise<CommandAnswer> {
  switch (command.command) {
    case 'renew':
      return renew(command.host, deps, signal);
    case 'revoke':
      return revoke(command.host, command.reason, deps, signal);
    case 'transfer':
      return transfer(command.host, command.namespace, deps, signal);
    case 'roll-account-key':
      return rollAccountKeys(deps, signal);
    case 'unpublish': {
      const held = deps.served.letGo();
      return held === 0
        ? refused('nothing is held back')
        : done(`${held} certificates that nobody asks for are taken from the gateways`);
    }
    case 'hold':
      return holdOrders(deps, signal);
    case 'resume':
      return resumeOrders(deps, signal);
    case 'restore-published':
      return restorePublished(deps, signal);
    case 'import':
      return importCertificates(deps, signal);
    case 'export':
      return exportCertificates(command.after, deps, signal);
  }
}

/** A certificate falls due by a renewal window that is over; a failed order by forgetting when it was to be tried again. */
async function renew(host: string, { certificates, orders, clock }: CommandDeps, signal: AbortSignal) {
  const has = ({ record }: { record: { names: readonly string[] } }) => record.names.includes(host);
  const kept = (await certificates.list(signal)).filter(has);
  const waiting = (await orders.list(signal)).filter(has);
  const now = clock.now();
  const over = { start: new Date(now.getTime() - 2).toISOString(), end: new Date(now.getTime() - 1).toISOString() };
  const results = await Promise.all([
    ...kept
      .filter(({ record }) => record.unwantedSince === undefined)
      .map(({ record, index }) => certificates.save(record.id, { ...record, window: over }, index, signal)),
    ...waiting.map(({ record: { retryAt: _, ...record }, index }) => orders.save(record.id, record, index, signal)),
  ]);
  if (results.length === 0) return refused(`no certificate and no order has the name ${host}`);
  return results.every(({ kind }) => kind === 'written')
    ? done(`the certificate for ${host} is obtained anew`)
    : refused('it has just changed: ask again');
}

/** The mark makes another certificate due at once; with that one in its place, or with nobody asking for it, it is revoked. */
async function revoke(
  host: string,
  reason: RevocationReason,
  { certificates, orders }: CommandDeps,
  signal: AbortSignal,
): Promise<CommandAnswer> {
  const has = ({ record }: { record: { names: readonly string[] } }) => record.names.includes(host);
  const kept = (await certificates.list(signal)).filter(has);
  if (kept.length === 0) return refused(`no certificate has the name ${host}`);
  const ids = new Set(kept.map(({ record }) => record.id));
  const waiting = (await orders.list(signal)).filter(({ record }) => ids.has(record.id));
  const results = await Promise.all([
    ...kept.map(({ record, index }) => certificates.save(record.id, { ...record, revokeFor: reason }, index, signal)),
    ...waiting.map(({ record: { retryAt: _, ...record }, index }) => orders.save(record.id, record, index, signal)),
  ]);
  if (results.some(({ kind }) => kind !== 'written')) return refused('it has just changed: ask again');
  const serials = kept.map(({ record }) => record.serial).join(', ');
  return done(`the certificate for ${host} (${serials}) is revoked once another has taken its place on all gateways`);
}

async function transfer(host: string, namespace: string, { hosts, clock }: CommandDeps, signal: AbortSignal) {
  const owner = (await hosts.owners(signal)).get(host);
  if (owner?.namespace === namespace) return done(`${host} belongs to ${namespace} already`);
  const change = new Map([[host, { namespace, claimedAt: clock.now().toISOString() }]]);
  const written = await hosts.write(change, signal);
  if (written !== 'written') return refused('it has just changed: ask again');
  return done(
    `${host} belongs to ${namespace} now${owner === undefined ? '' : `, and no longer to ${owner.namespace}`}`,
  );
}

async function holdOrders({ hold }: CommandDeps, signal: AbortSignal): Promise<CommandAnswer> {
  const written = await hold.begin('asked', signal);
  if (written !== 'written') return refused('it has just changed: ask again');
  return done('no first certificate is ordered from now on; renewals and orders under way go on');
}

async function resumeOrders({ hold }: CommandDeps, signal: AbortSignal): Promise<CommandAnswer> {
  if ((await hold.state(signal)).kind !== 'held') return refused('no orders are held');
  const written = await hold.end(signal);
  if (written !== 'written') return refused('it has just changed: ask again');
  return done('first certificates are ordered again');
}

async function rollAccountKeys({ engine }: CommandDeps, signal: AbortSignal): Promise<CommandAnswer> {
  const { rolled, failed } = await engine.rollAccountKeys(signal);
  const having = `${rolled.length === 0 ? 'no account has' : `the accounts at ${rolled.join(', ')} have`} another key`;
  if (failed.length === 0) return rolled.length === 0 ? refused('there is no account yet') : done(having);
  return refused(`${having}; ${failed.map(({ message }) => message).join('; ')}; the next order there goes on with it`);
}

async function restorePublished({ snapshot }: CommandDeps, signal: AbortSignal) {
  const { published, replaced, left } = await snapshot.restore(signal);
  if (published === 0) return refused('there is no snapshot yet that is still valid: nothing was changed');
  const instead = replaced === 0 ? '' : `, ${replaced} of them instead of another certificate`;
  const not = left === 0 ? '' : `; ${left} have ended or cannot be served`;
  return done(`the gateways have ${published} certificates of the last good snapshot again${instead}${not}`);
}

function done(message: string): CommandAnswer {
  return { kind: 'done', message };
}

function refused(message: string): CommandAnswer {
  return { kind: 'refused', message };
}
