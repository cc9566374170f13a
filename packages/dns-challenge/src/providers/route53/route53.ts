import type { Clock } from '../../clock.ts';
import type { DnsProvider } from '../../dns-provider.ts';
import { DnsChallengeError } from '../../errors.ts';
import { InTurn } from '../../in-turn.ts';
import { edited, untilWritten, type Edit } from '../../record-set.ts';
import { quotedTxt, unquotedTxt } from '../../txt-text.ts';
import { ZoneFinder } from '../../zone-finder.ts';
import { Route53Api, type Route53ApiOptions } from './route53-api.ts';
import { escapeXml, unescapeXml, xmlElements, xmlText } from './xml.ts';

export interface Route53Options extends Route53ApiOptions {
  /** Left out, it is looked for by name. */
  readonly hostedZoneId?: string | undefined;
}

/** Seconds. */
const TTL = 60;
/** Most changes are on all servers within a minute. */
const SYNC_POLL_MS = 4_000;
const SYNC_TIMEOUT_MS = 5 * 60_000;

const form = { read: unquotedTxt, write: quotedTxt };

/** A set of records as Route 53 has it, its values in presentation form. */
interface RecordSet {
  readonly ttl: string;
  readonly values: readonly string[];
}

/**
 * Amazon Route 53. A set of records is replaced by deleting it, which works only with exactly its present content, and creating the new
 * one in the same batch: so a value that another process writes meanwhile is never lost, as it would be by UPSERT.
 * @see https://docs.aws.amazon.com/Route53/latest/APIReference/API_ChangeResourceRecordSets.html
 */
export function route53(options: Route53Options): DnsProvider {
  const { clock, hostedZoneId } = options;
  const api = new Route53Api(options);
  const turns = new InTurn();
  const zones = new ZoneFinder((name, signal) => publicZone(api, name, signal), clock);

  async function change(fqdn: string, edit: Edit, signal: AbortSignal): Promise<void> {
    const zone = hostedZoneId ?? (await zones.find(fqdn, signal)).zone;
    const changed = await turns.run(fqdn, () => untilWritten(fqdn, () => attempt(zone, fqdn, edit, signal)), signal);
    if (edit.kind === 'add' && changed.id !== undefined) await untilInSync(api, changed.id, fqdn, clock, signal);
  }

  async function attempt(zone: string, fqdn: string, edit: Edit, signal: AbortSignal) {
    const old = await readSet(api, zone, fqdn, signal);
    const values = edited(old?.values ?? [], edit, form);
    if (values === undefined) return { id: undefined };
    const body = changeBatch(fqdn, old, values.length === 0 ? undefined : { ttl: old?.ttl ?? String(TTL), values });
    const doing = `changing the TXT records of ${fqdn} at Route 53`;
    const answer = await api.call({ doing, method: 'POST', path: `hostedzone/${zone}/rrset`, body }, signal);
    if (answer.kind === 'invalid-change-batch') return 'changed-meanwhile';
    return { id: xmlText(answer.xml, 'Id')?.replace(/^\/change\//, '') };
  }

  return {
    addTxt: (fqdn, value, signal) => change(fqdn, { kind: 'add', value }, signal),
    removeTxt: (fqdn, value, signal) => change(fqdn, { kind: 'remove', value }, signal),
  };
}

async function publicZone(api: Route53Api, name: string, signal: AbortSignal): Promise<string | undefined> {
  const query = new URLSearchParams({ dnsname: name, maxitems: '100' });
  const doing = `looking for the zone ${name} at Route 53`;
  const xml = await okXml(api.call({ doing, path: `hostedzonesbyname?${String(query)}` }, signal));
  const ids = xmlElements(xml, 'HostedZone')
    .filter((zone) => xmlText(zone, 'Name') === `${name}.` && xmlText(zone, 'PrivateZone') !== 'true')
    .map((zone) => xmlText(zone, 'Id')?.replace(/^\/hostedzone\//, '') ?? '');
  if (ids.length <= 1) return ids[0];
  throw new DnsChallengeError('NO_ZONE', `${doing}: there are ${ids.length}, ${ids.join(', ')}`, {
    hint: 'say with hostedZone which it is',
  });
}

async function readSet(
  api: Route53Api,
  zone: string,
  fqdn: string,
  signal: AbortSignal,
): Promise<RecordSet | undefined> {
  const query = new URLSearchParams({ name: fqdn, type: 'TXT', maxitems: '1' });
  const doing = `reading the TXT records of ${fqdn} at Route 53`;
  const xml = await okXml(api.call({ doing, path: `hostedzone/${zone}/rrset?${String(query)}` }, signal));
  // The list begins at that name, and goes on with the next if there is none.
  const [first] = xmlElements(xml, 'ResourceRecordSet');
  if (first === undefined || xmlText(first, 'Name') !== `${fqdn}.` || xmlText(first, 'Type') !== 'TXT')
    return undefined;
  if (xmlText(first, 'SetIdentifier') !== undefined) {
    throw new DnsChallengeError(
      'REFUSED',
      `${doing}: they have a routing policy, and only simple records can be changed`,
    );
  }
  return { ttl: xmlText(first, 'TTL') ?? String(TTL), values: xmlElements(first, 'Value').map(unescapeXml) };
}

async function untilInSync(
  api: Route53Api,
  id: string,
  fqdn: string,
  clock: Clock,
  signal: AbortSignal,
): Promise<void> {
  const deadline = clock.now().getTime() + SYNC_TIMEOUT_MS;
  const doing = `waiting for the TXT records of ${fqdn} to be on all servers of Route 53`;
  for (;;) {
    const xml = await okXml(api.call({ doing, path: `change/${encodeURIComponent(id)}` }, signal));
    if (xmlText(xml, 'Status') === 'INSYNC') return;
    if (clock.now().getTime() >= deadline) {
      throw new DnsChallengeError('TIMED_OUT', `${doing}: not within ${SYNC_TIMEOUT_MS / 60_000} minutes`, {
        hint: 'look at https://health.aws.amazon.com',
      });
    }
    await clock.sleep(SYNC_POLL_MS, signal);
  }
}

async function okXml(call: ReturnType<Route53Api['call']>): Promise<string> {
  const answer = await call;
  if (answer.kind === 'ok') return answer.xml;
  throw new DnsChallengeError('BAD_ANSWER', 'reading from Route 53: it answered as to a change');
}

function changeBatch(fqdn: string, old: RecordSet | undefined, next: RecordSet | undefined): string {
  const changes = [old && oneChange('DELETE', fqdn, old), next && oneChange('CREATE', fqdn, next)];
  return `<?xml version="1.0" encoding="UTF-8"?>
<ChangeResourceRecordSetsRequest xmlns="https://route53.amazonaws.com/doc/2013-04-01/"><ChangeBatch><Changes>${changes
    .filter((change) => change !== undefined)
    .join('')}</Changes></ChangeBatch></ChangeResourceRecordSetsRequest>`;
}

function oneChange(action: 'CREATE' | 'DELETE', fqdn: string, { ttl, values }: RecordSet): string {
  const records = values.map((value) => `<ResourceRecord><Value>${escapeXml(value)}</Value></ResourceRecord>`).join('');
  return `<Change><Action>${action}</Action><ResourceRecordSet><Name>${escapeXml(fqdn)}.</Name><Type>TXT</Type><TTL>${escapeXml(
    ttl,
  )}</TTL><ResourceRecords>${records}</ResourceRecords></ResourceRecordSet></Change>`;
}
