import type { CertificateRecord, Clock, OrderRecord } from '@gatefleet/acme';
import type { CertificateCommand, CommandAnswer } from '@gatefleet/certificate-commands';
import type { HostRegister } from '../store/host-owners.ts';
import type { TermRecords } from '../store/term-records.ts';
import type { ServedCertificates } from './served-certificates.ts';

export interface CommandDeps {
  readonly certificates: TermRecords<CertificateRecord>;
  readonly orders: TermRecords<OrderRecord>;
  readonly hosts: HostRegister;
  readonly served: Pick<ServedCertificates, 'letGo'>;
  readonly clock: Clock;
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
    case 'transfer':
      return transfer(command.host, command.namespace, deps, signal);
    case 'unpublish': {
      const held = deps.served.letGo();
      return held === 0
        ? refused('nothing is held back')
        : done(`${held} certificates that nobody asks for are taken from the gateways`);
    }
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

function done(message: string): CommandAnswer {
  return { kind: 'done', message };
}

function refused(message: string): CommandAnswer {
  return { kind: 'refused', message };
}
