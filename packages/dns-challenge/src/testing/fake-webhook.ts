import { createHmac } from 'node:crypto';
import type { Clock } from '../clock.ts';
import { json, startFakeApi, type FakeApi } from './fake-api.ts';

export interface FakeWebhookOptions {
  /** Base64 of the key; undefined takes requests as they come. */
  readonly secret: string | undefined;
  readonly clock: Clock;
}

export interface FakeWebhook extends FakeApi {
  readonly values: Map<string, Set<string>>;
}

/** A fake of an operator's own program at `/dns`: one that verifies signatures as Standard Webhooks says, and keeps values in memory. */
export async function startFakeWebhook({ secret, clock }: FakeWebhookOptions): Promise<FakeWebhook> {
  const values = new Map<string, Set<string>>();
  const seen = new Set<string>();
  const api = await startFakeApi(({ method, path, headers, body }) => {
    if (method !== 'POST' || path !== '/dns') return json(404, {});
    const { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': signature } = headers;
    if (secret !== undefined) {
      const mac = createHmac('sha256', Buffer.from(secret, 'base64'));
      const expected = `v1,${mac.update(`${String(id)}.${String(timestamp)}.${body}`).digest('base64')}`;
      const isNow = Math.abs(clock.now().getTime() / 1_000 - Number(timestamp)) <= 300;
      if (signature !== expected || !isNow || seen.has(String(id))) return { status: 401, body: 'who are you?' };
      seen.add(String(id));
    } else if (signature !== undefined) {
      return { status: 400, body: 'signed with what?' };
    }
    const { action, fqdn, value } = JSON.parse(body) as Record<'action' | 'fqdn' | 'value', string>;
    const set = values.get(fqdn) ?? new Set();
    values.set(fqdn, set);
    if (action === 'add') set.add(value);
    else if (action === 'remove') set.delete(value);
    else return json(400, {});
    return { status: 204, body: '' };
  });
  return Object.assign(api, { values });
}
