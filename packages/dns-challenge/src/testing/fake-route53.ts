import { createHash, createHmac } from 'node:crypto';
import type { Clock } from '../clock.ts';
import type { AwsCredentials } from '../providers/route53/sig-v4.ts';
import { escapeXml, unescapeXml, xmlElements, xmlText } from '../providers/route53/xml.ts';
import { startFakeApi, type ApiCall, type ApiReply, type FakeApi } from './fake-api.ts';
import { FakeZones } from './fake-zones.ts';

export interface FakeRoute53Options {
  readonly zones: readonly string[];
  readonly credentials: AwsCredentials;
  readonly clock: Clock;
  /** How often a change is pending when asked for. Default 1. */
  readonly pendingPolls?: number;
}

export interface FakeRoute53 extends FakeApi {
  readonly zones: FakeZones<string>;
}

const xmlns = 'https://route53.amazonaws.com/doc/2013-04-01/';

/**
 * A fake of the part of Route 53's API that we use, made from its documentation. It checks each signature by a computation of its own,
 * with the secrets in clear, and that changes are what Route 53 takes: whole, exact, quoted. Beside each zone it has a private one of the
 * same name, in which nothing may be written.
 */
export async function startFakeRoute53({
  zones: names,
  credentials,
  clock,
  pendingPolls = 1,
}: FakeRoute53Options): Promise<FakeRoute53> {
  const zones = new FakeZones<string>(names);
  const polls = new Map<string, number>();
  const api = await startFakeApi((call) => {
    const problem = signatureProblem(call, credentials, clock.now());
    if (problem !== undefined) return problem;
    const [, version, kind, id = '', part] = call.path.split('/');
    if (version !== '2013-04-01') return failure(404, 'UnknownOperation', 'no such version');
    if (kind === 'hostedzonesbyname') return listZones(call.query, names);
    if (kind === 'change') return getChange(id, polls, pendingPolls);
    const name = names.find((each) => zoneId(each) === id);
    if (name === undefined) return failure(404, 'NoSuchHostedZone', `No hosted zone found with ID: ${id}`);
    if (part !== 'rrset') return failure(404, 'UnknownOperation', call.path);
    return call.method === 'POST' ? change(call.body, name, zones, polls) : listSets(call.query, name, zones);
  });
  return Object.assign(api, { zones });
}

export function zoneId(name: string): string {
  return `Z${createHash('sha256').update(name).digest('hex').slice(0, 12).toUpperCase()}`;
}

/** Zones in the order of their labels from the right, from that name on. */
function listZones(query: URLSearchParams, names: readonly string[]): ApiReply {
  const order = (name: string) => name.split('.').reverse().join('.');
  const from = order(query.get('dnsname') ?? '');
  const listed = [...names]
    .filter((name) => order(name) >= from)
    .sort((a, b) => (order(a) < order(b) ? -1 : 1))
    .flatMap((name) => [
      hostedZone(`Z0PRIVATE${zoneId(name).slice(1)}`, name, true),
      hostedZone(zoneId(name), name, false),
    ])
    .slice(0, Number(query.get('maxitems') ?? '100'));
  return ok('ListHostedZonesByNameResponse', `<HostedZones>${listed.join('')}</HostedZones>`);
}

function hostedZone(id: string, name: string, isPrivate: boolean): string {
  const config = `<Config><Comment>a &amp; b</Comment><PrivateZone>${isPrivate}</PrivateZone></Config>`;
  return `<HostedZone><Id>/hostedzone/${id}</Id><Name>${name}.</Name><CallerReference>x</CallerReference>${config}</HostedZone>`;
}

/** Sets of records from that name on, so that the first may be another one's. */
function listSets(query: URLSearchParams, zone: string, zones: FakeZones<string>): ApiReply {
  const from = query.get('name') ?? '';
  const sets = [...zones.zone(zone)]
    .filter(([fqdn]) => fqdn >= from)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .slice(0, Number(query.get('maxitems') ?? '100'))
    .map(([fqdn, { ttl, items }]) => {
      const records = items.map((item) => `<ResourceRecord><Value>${aws(item)}</Value></ResourceRecord>`);
      return `<ResourceRecordSet><Name>${fqdn}.</Name><Type>TXT</Type><TTL>${ttl}</TTL><ResourceRecords>${records.join('')}</ResourceRecords></ResourceRecordSet>`;
    });
  return ok('ListResourceRecordSetsResponse', `<ResourceRecordSets>${sets.join('')}</ResourceRecordSets>`);
}

/** As AWS writes it: by name, and only what must be. */
function aws(text: string): string {
  return escapeXml(text).replaceAll('&#34;', '&quot;').replaceAll('&#38;', '&amp;').replaceAll('&#39;', "'");
}

function change(body: string, zone: string, zones: FakeZones<string>, polls: Map<string, number>): ApiReply {
  if (!body.includes(`<ChangeResourceRecordSetsRequest xmlns="${xmlns}">`)) {
    return failure(400, 'InvalidInput', 'the root element or its namespace is wrong');
  }
  const changes = xmlElements(body, 'Change').map((text) => ({
    action: xmlText(text, 'Action'),
    fqdn: (xmlText(text, 'Name') ?? '').replace(/\.$/, ''),
    type: xmlText(text, 'Type'),
    ttl: Number(xmlText(text, 'TTL')),
    items: xmlElements(text, 'Value').map(unescapeXml),
  }));
  for (const { fqdn } of changes) zones.beforeChange(fqdn);
  const live = zones.zone(zone);
  const draft = new Map(live);
  for (const { action, fqdn, type, ttl, items } of changes) {
    const what = `resource record set [name='${fqdn}.', type='${type ?? ''}']`;
    const there = draft.get(fqdn);
    if (type !== 'TXT' || !fqdn.endsWith(zone) || items.length === 0) return failure(400, 'InvalidInput', what);
    if (!items.every((item) => /^("(?:[^"\\]|\\.){0,255}"\s*)+$/s.test(item))) {
      return invalidBatch(`Invalid Resource Record: 'FATAL problem: InvalidCharacterString' in ${what}`);
    }
    if (new Set(items).size !== items.length) return invalidBatch(`Duplicate Resource Record in ${what}`);
    if (action === 'CREATE') {
      if (there !== undefined) return invalidBatch(`Tried to create ${what} but it already exists`);
      draft.set(fqdn, { ttl, items });
    } else if (action === 'DELETE') {
      if (there === undefined) return invalidBatch(`Tried to delete ${what} but it was not found`);
      const isSame = there.ttl === ttl && [...there.items].sort().join() === [...items].sort().join();
      if (!isSame)
        return invalidBatch(`Tried to delete ${what} but the values provided do not match the current values`);
      draft.delete(fqdn);
    } else {
      return failure(400, 'InvalidInput', `${action ?? 'no action'} is not what we use`);
    }
  }
  live.clear();
  for (const [fqdn, set] of draft) live.set(fqdn, set);
  const id = `C${polls.size + 1}`;
  polls.set(id, 0);
  return ok('ChangeResourceRecordSetsResponse', changeInfo(id, 'PENDING'));
}

function getChange(id: string, polls: Map<string, number>, pendingPolls: number): ApiReply {
  const count = polls.get(id);
  if (count === undefined) return failure(404, 'NoSuchChange', id);
  polls.set(id, count + 1);
  return ok('GetChangeResponse', changeInfo(id, count < pendingPolls ? 'PENDING' : 'INSYNC'));
}

function changeInfo(id: string, status: string): string {
  return `<ChangeInfo><Id>/change/${id}</Id><Status>${status}</Status><SubmittedAt>2026-03-01T12:00:00Z</SubmittedAt></ChangeInfo>`;
}

function ok(root: string, content: string): ApiReply {
  return { status: 200, body: `<?xml version="1.0"?>\n<${root} xmlns="${xmlns}">${content}</${root}>` };
}

function failure(status: number, code: string, message: string): ApiReply {
  const error = `<Error><Type>Sender</Type><Code>${code}</Code><Message>${escapeXml(message)}</Message></Error>`;
  return { status, body: `<?xml version="1.0"?>\n<ErrorResponse xmlns="${xmlns}">${error}</ErrorResponse>` };
}

function invalidBatch(message: string): ApiReply {
  return failure(400, 'InvalidChangeBatch', `[${message}]`);
}

/**
 * Signature Version 4 from the reader's side: nothing here is shared with the signer.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
 */
function signatureProblem(call: ApiCall, credentials: AwsCredentials, now: Date): ApiReply | undefined {
  const header = call.headers.authorization ?? '';
  const found =
    /^AWS4-HMAC-SHA256 Credential=([^/]+)\/(\d{8})\/us-east-1\/route53\/aws4_request, SignedHeaders=([a-z0-9;-]+), Signature=([0-9a-f]{64})$/.exec(
      header,
    );
  if (found === null) return failure(403, 'IncompleteSignature', header);
  const [, accessKeyId, day = '', signedNames = '', signature] = found;
  const time = String(call.headers['x-amz-date']);
  const at = Date.parse(time.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z'));
  if (accessKeyId !== credentials.accessKeyId) {
    return failure(403, 'InvalidClientTokenId', 'The security token included in the request is invalid.');
  }
  if (call.headers['x-amz-security-token'] !== credentials.sessionToken) {
    const token = String(call.headers['x-amz-security-token']);
    return failure(403, 'InvalidClientTokenId', `The security token included in the request is invalid: ${token}`);
  }
  if (!(Math.abs(now.getTime() - at) <= 5 * 60_000) || !time.startsWith(day)) {
    return failure(403, 'SignatureDoesNotMatch', `Signature expired: ${time} is not within 5 min.`);
  }
  const names = signedNames.split(';');
  const mustBeSigned = Object.keys(call.headers).filter(
    (name) => name === 'host' || name.startsWith('x-amz-') || name === 'content-type',
  );
  if (mustBeSigned.some((name) => !names.includes(name))) return failure(403, 'SignatureDoesNotMatch', signedNames);
  const [path = '', query = ''] = call.target.split('?');
  // A query as sent may write a space as +; its canonical form may not.
  const canonicalQuery = query
    .split('&')
    .map((pair) => (pair.includes('=') || pair === '' ? pair : `${pair}=`))
    .sort()
    .join('&')
    .replaceAll('+', '%20');
  const canonicalHeaders = names.map((name) => `${name}:${String(call.headers[name]).trim()}\n`).join('');
  const payload = createHash('sha256').update(call.body).digest('hex');
  const canonical = `${call.method}\n${path}\n${canonicalQuery}\n${canonicalHeaders}\n${signedNames}\n${payload}`;
  const digest = createHash('sha256').update(canonical).digest('hex');
  const text = `AWS4-HMAC-SHA256\n${time}\n${day}/us-east-1/route53/aws4_request\n${digest}`;
  const sign = (key: string | Buffer, part: string) => createHmac('sha256', key).update(part).digest();
  const dayKey = sign(`AWS4${credentials.secretAccessKey}`, day);
  const key = sign(sign(sign(dayKey, 'us-east-1'), 'route53'), 'aws4_request');
  if (sign(key, text).toString('hex') === signature) return undefined;
  // The real one repeats the canonical request too, with the session token in it.
  return failure(403, 'SignatureDoesNotMatch', `The request signature we calculated does not match: '${canonical}'`);
}
