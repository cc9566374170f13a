import { createHash, generateKeyPairSync, verify } from 'node:crypto';
import type { Clock } from '../clock.ts';
import { json, startFakeApi, type ApiCall, type ApiReply, type FakeApi } from './fake-api.ts';
import { FakeZones } from './fake-zones.ts';

export interface FakeGoogleOptions {
  readonly project: string;
  readonly zones: readonly string[];
  readonly clock: Clock;
  /** How often a change is pending when asked for. Default 1. */
  readonly pendingPolls?: number;
}

export interface FakeGoogle extends FakeApi {
  readonly zones: FakeZones<string>;
  /** Of the account that may change them, as Google gives it. */
  readonly keyJson: string;
  /** A key that Google does not know. */
  readonly unknownKeyJson: string;
  /** Makes all tokens that were given out worthless. */
  revokeTokens(): void;
}

interface SetInChange {
  readonly name: string;
  readonly type: string;
  readonly ttl: number;
  readonly rrdatas: readonly string[];
}

/**
 * A fake of the part of Google Cloud DNS' API (v1) that we use, of Google's token endpoint at `/token`, and of the metadata server of
 * Google's machines, made from their documentation. It checks the assertion's signature and claims, and that a change takes away exactly
 * what is there. Beside each zone it has a private one of the same name.
 */
export async function startFakeGoogle({
  project,
  zones: names,
  clock,
  pendingPolls = 1,
}: FakeGoogleOptions): Promise<FakeGoogle> {
  const zones = new FakeZones<string>(names);
  const polls = new Map<string, number>();
  const tokens = new Set<string>();
  const [known, unknown] = [newKey(), newKey()];
  const email = `dns@${project}.iam.gserviceaccount.com`;
  const giveToken = () => {
    const token = `ya29.token-${String(tokens.size + 1)}`;
    tokens.add(token);
    return json(200, { access_token: token, expires_in: 3_599, token_type: 'Bearer' });
  };
  const api = await startFakeApi((call) => {
    if (call.path === '/token') {
      const problem = assertionProblem(call, { email, publicKey: known.publicKey, now: clock.now() });
      return problem === undefined ? giveToken() : json(400, { error: 'invalid_grant', error_description: problem });
    }
    if (call.path === '/computeMetadata/v1/instance/service-accounts/default/token') {
      return call.headers['metadata-flavor'] === 'Google' ? giveToken() : { status: 403, body: '' };
    }
    const token = /^Bearer (.+)$/.exec(call.headers.authorization ?? '')?.[1] ?? '';
    if (!tokens.has(token)) return failure(401, 'authError', 'Request had invalid authentication credentials.');
    const [, at, zone, part, id = ''] =
      /^\/dns\/v1\/projects\/([^/]+)\/managedZones(?:\/([^/]+)\/(rrsets|changes)(?:\/([^/]+))?)?$/.exec(call.path) ??
      [];
    if (at !== project) return failure(403, 'forbidden', 'Forbidden');
    if (zone === undefined) return listZones(call, names);
    const name = names.find((each) => zoneName(each) === zone);
    if (name === undefined)
      return failure(404, 'notFound', `The 'parameters.managedZone' resource named '${zone}' does not exist.`);
    if (part === 'rrsets') return listSets(call, zones, name);
    if (call.method === 'POST') return change(call, zones, name, polls);
    const count = polls.get(id);
    if (count === undefined) return failure(404, 'notFound', id);
    polls.set(id, count + 1);
    return json(200, { kind: 'dns#change', id, status: count < pendingPolls ? 'pending' : 'done' });
  });
  const keyJson = (privateKey: string) =>
    JSON.stringify({
      type: 'service_account',
      project_id: project,
      private_key_id: 'k1',
      private_key: privateKey,
      client_email: email,
      token_uri: `${api.url}/token`,
    });
  return Object.assign(api, {
    zones,
    keyJson: keyJson(known.privateKey),
    unknownKeyJson: keyJson(unknown.privateKey),
    revokeTokens: () => tokens.clear(),
  });
}

function newKey(): { publicKey: string; privateKey: string } {
  return generateKeyPairSync('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  });
}

/** @see https://developers.google.com/identity/protocols/oauth2/service-account#authorizingrequests */
function assertionProblem(call: ApiCall, { email, publicKey, now }: { email: string; publicKey: string; now: Date }) {
  const form = new URLSearchParams(call.body);
  if (form.get('grant_type') !== 'urn:ietf:params:oauth:grant-type:jwt-bearer') return 'unsupported grant type';
  const assertion = form.get('assertion') ?? '';
  const [header = '', claims = '', signature = ''] = assertion.split('.');
  const read = (part: string) => JSON.parse(Buffer.from(part, 'base64url').toString()) as Record<string, unknown>;
  const { alg, typ } = read(header);
  const { iss, scope, aud, iat, exp } = read(claims);
  if (alg !== 'RS256' || typ !== 'JWT') return 'Invalid JWT header';
  const seconds = now.getTime() / 1_000;
  if (Number(iat) > seconds + 60 || Number(exp) < seconds || Number(exp) - Number(iat) > 3_600)
    return 'Invalid JWT: iat, exp';
  if (iss !== email || aud !== `http://${call.headers.host ?? ''}/token`) return 'Invalid issuer or audience';
  if (scope !== 'https://www.googleapis.com/auth/ndev.clouddns.readwrite') return 'Invalid scope';
  const isGood = verify('sha256', Buffer.from(`${header}.${claims}`), publicKey, Buffer.from(signature, 'base64url'));
  return isGood ? undefined : `Invalid JWT Signature: ${assertion}`;
}

function zoneName(name: string): string {
  return `zone-${createHash('sha256').update(name).digest('hex').slice(0, 8)}`;
}

function listZones(call: ApiCall, names: readonly string[]): ApiReply {
  const dnsName = call.query.get('dnsName');
  const managedZones = names
    .filter((name) => dnsName === null || dnsName === `${name}.`)
    .flatMap((name) => [
      { name: `private-${zoneName(name)}`, dnsName: `${name}.`, visibility: 'private' },
      { name: zoneName(name), dnsName: `${name}.`, visibility: 'public' },
    ]);
  // An empty list is left out, as Google's JSON leaves out what is empty.
  return json(200, { kind: 'dns#managedZonesListResponse', ...(managedZones.length === 0 ? {} : { managedZones }) });
}

function listSets(call: ApiCall, zones: FakeZones<string>, zone: string): ApiReply {
  const name = call.query.get('name') ?? '';
  const set = zones.zone(zone).get(name.replace(/\.$/, ''));
  const rrsets =
    set === undefined ? [] : [{ kind: 'dns#resourceRecordSet', name, type: 'TXT', ttl: set.ttl, rrdatas: set.items }];
  return json(200, { kind: 'dns#resourceRecordSetsListResponse', rrsets });
}

function change(call: ApiCall, zones: FakeZones<string>, zone: string, polls: Map<string, number>): ApiReply {
  const { additions, deletions } = JSON.parse(call.body) as Record<'additions' | 'deletions', readonly SetInChange[]>;
  const named = (set: SetInChange) => set.name.replace(/\.$/, '');
  for (const set of [...additions, ...deletions]) zones.beforeChange(named(set));
  const live = zones.zone(zone);
  const draft = new Map(live);
  for (const [index, set] of deletions.entries()) {
    const there = draft.get(named(set));
    const what = `'entity.change.deletions[${index}]'`;
    if (there === undefined)
      return failure(404, 'notFound', `The ${what} resource named '${set.name} (TXT)' does not exist.`);
    if (there.ttl !== set.ttl || [...there.items].sort().join() !== [...set.rrdatas].sort().join()) {
      return failure(412, 'conditionNotMet', `Precondition not met for ${what}`);
    }
    draft.delete(named(set));
  }
  for (const [index, set] of additions.entries()) {
    const what = `'entity.change.additions[${index}]'`;
    if (draft.has(named(set)))
      return failure(409, 'alreadyExists', `The resource ${what} named '${set.name} (TXT)' already exists`);
    const isWhole = set.type === 'TXT' && set.name.endsWith(`${zone}.`) && set.rrdatas.length > 0 && set.ttl >= 0;
    if (!isWhole || !set.rrdatas.every((data) => /^("(?:[^"\\]|\\.){0,255}"\s*)+$/s.test(data))) {
      return failure(400, 'invalid', `Invalid value for ${what}`);
    }
    draft.set(named(set), { ttl: set.ttl, items: set.rrdatas });
  }
  live.clear();
  for (const [fqdn, set] of draft) live.set(fqdn, set);
  const id = String(polls.size);
  polls.set(id, 0);
  return json(200, { kind: 'dns#change', id, status: 'pending', additions, deletions });
}

function failure(status: number, reason: string, message: string): ApiReply {
  return json(status, { error: { code: status, message, errors: [{ message, domain: 'global', reason }] } });
}
