import { unquotedTxt } from '../txt-text.ts';
import { json, startFakeApi, type ApiCall, type ApiReply, type FakeApi } from './fake-api.ts';
import { FakeZones } from './fake-zones.ts';

export interface FakeCloudflareOptions {
  readonly zones: readonly string[];
  readonly apiToken: string;
  /** Zones of the account that the token may not edit. */
  readonly readOnly?: readonly string[];
}

export interface FakeCloudflare extends FakeApi {
  /** Contents as they were sent. */
  readonly zones: FakeZones<string>;
}

/** A fake of the part of Cloudflare's API (v4) that we use, made from its documentation, with the codes that the real one answers with. */
export async function startFakeCloudflare({
  zones: names,
  apiToken,
  readOnly = [],
}: FakeCloudflareOptions): Promise<FakeCloudflare> {
  const zones = new FakeZones<string>(names);
  const api = await startFakeApi((call) => {
    const token = /^Bearer (.+)$/.exec(call.headers.authorization ?? '')?.[1];
    if (token === undefined || !/^[\w-]+$/.test(token)) return failure(400, 6003, 'Invalid request headers');
    if (token !== apiToken) return failure(401, 1000, `Invalid API Token ${token}`);
    if (call.path === '/zones') {
      const result = names.filter((name) => name === call.query.get('name')).map((name) => ({ id: idOf(name), name }));
      return json(200, { success: true, errors: [], result });
    }
    const [, id, record] = /^\/zones\/([^/]+)\/dns_records(?:\/([^/]+))?$/.exec(call.path) ?? [];
    const zone = names.find((name) => idOf(name) === id);
    if (zone === undefined) return failure(404, 7003, `Could not route to ${call.path}`);
    if (readOnly.includes(zone)) return failure(403, 10000, 'Authentication error');
    return records(call, zones, zone, record);
  });
  return Object.assign(api, { zones });
}

function records(call: ApiCall, zones: FakeZones<string>, zone: string, record: string | undefined): ApiReply {
  const live = zones.zone(zone);
  switch (call.method) {
    case 'GET': {
      const name = call.query.get('name') ?? '';
      const items = call.query.get('type') === 'TXT' ? (live.get(name)?.items ?? []) : [];
      return json(200, {
        success: true,
        result: items.map((content) => ({ id: recordId(name, content), name, content })),
      });
    }
    case 'POST': {
      const { type, name, content, ttl } = JSON.parse(call.body) as Record<string, unknown>;
      if (type !== 'TXT' || typeof name !== 'string' || typeof content !== 'string' || !name.endsWith(zone)) {
        return failure(400, 1004, 'DNS Validation Error');
      }
      if (ttl !== 1 && !(Number(ttl) >= 60 && Number(ttl) <= 86_400)) return failure(400, 1004, 'DNS Validation Error');
      zones.beforeChange(name);
      const set = live.get(name) ?? { ttl: Number(ttl), items: [] };
      if (set.items.some((item) => unquotedTxt(item) === unquotedTxt(content))) {
        return failure(400, 81058, 'An identical record already exists.');
      }
      live.set(name, { ...set, items: [...set.items, content] });
      return json(200, { success: true, result: { id: recordId(name, content), name, content } });
    }
    case 'DELETE': {
      for (const [name, set] of live) {
        zones.beforeChange(name);
        const items = set.items.filter((content) => recordId(name, content) !== record);
        if (items.length === set.items.length) continue;
        live.set(name, { ...set, items });
        return json(200, { success: true, result: { id: record } });
      }
      return failure(404, 81044, 'Record does not exist.');
    }
    default:
      return failure(405, 10405, 'Method not allowed');
  }
}

function idOf(zone: string): string {
  return Buffer.from(zone).toString('hex').padEnd(32, '0').slice(-32);
}

function recordId(name: string, content: string): string {
  return Buffer.from(`${name} ${content}`).toString('hex');
}

function failure(status: number, code: number, message: string): ApiReply {
  return json(status, { success: false, errors: [{ code, message }], messages: [], result: null });
}
