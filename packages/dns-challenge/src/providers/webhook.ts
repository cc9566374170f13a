import { createHmac, randomUUID } from 'node:crypto';
import type { Clock } from '../clock.ts';
import type { DnsProvider } from '../dns-provider.ts';
import { DnsChallengeError } from '../errors.ts';
import { callApi, refusalOf } from '../http/api.ts';

export interface WebhookOptions {
  readonly url: string;
  /** Gives what requests are signed with, as {@link parseWebhookSecret} reads it; without it they are not signed. */
  readonly secret?: ((signal: AbortSignal) => Promise<string>) | undefined;
  readonly clock: Clock;
}

/**
 * A program of the operator's own. It gets `POST {"action":"add","fqdn":"_acme-challenge.example.com","value":"…"}`, or `remove`, and
 * answers with 2xx when that is so; the contract is {@link DnsProvider}'s. 401 and 403 say that the signature is wrong, 429 with
 * Retry-After that it wants to be asked later; the text of another answer is shown to the operator.
 *
 * Requests are signed as Standard Webhooks are, so there are libraries to verify them: `webhook-id`, `webhook-timestamp` (Unix seconds),
 * and `webhook-signature`, which is `v1,` and the base64 HMAC-SHA256 of `<id>.<timestamp>.<body>`.
 * @see https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
 */
export function webhook({ url, secret, clock }: WebhookOptions): DnsProvider {
  async function send(action: 'add' | 'remove', fqdn: string, value: string, signal: AbortSignal): Promise<void> {
    const text = await secret?.(signal);
    const body = JSON.stringify({ action, fqdn, value });
    const signed = text === undefined ? {} : signatureHeaders(parseWebhookSecret(text), body, clock.now());
    const doing = `asking the webhook to ${action} a TXT record at ${fqdn}`;
    const headers = { 'content-type': 'application/json', ...signed };
    const secrets = text === undefined ? [] : [text];
    const answer = await callApi({ doing, method: 'POST', url, headers, body, secrets }, clock, signal);
    if (answer.status >= 300) throw refusalOf(answer, answer.text);
  }
  return {
    addTxt: (fqdn, value, signal) => send('add', fqdn, value, signal),
    removeTxt: (fqdn, value, signal) => send('remove', fqdn, value, signal),
  };
}

export interface WebhookMessage {
  readonly id: string;
  /** Unix seconds. */
  readonly timestamp: number;
  readonly body: string;
}

export function webhookSignature({ id, timestamp, body }: WebhookMessage, key: Buffer): string {
  return `v1,${createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64')}`;
}

/** @param text - base64 of 24 to 64 bytes, with `whsec_` before it or not. @throws DnsChallengeError `BAD_CREDENTIALS` */
export function parseWebhookSecret(text: string): Buffer {
  const base64 = text.replace(/^whsec_/, '');
  const key = Buffer.from(base64, 'base64');
  if (/^[A-Za-z0-9+/]+={0,2}$/.test(base64) && key.length >= 24 && key.length <= 64) return key;
  throw new DnsChallengeError('BAD_CREDENTIALS', 'reading the webhook’s secret: it is not base64 of 24 to 64 bytes', {
    hint: 'make one with: openssl rand -base64 32',
  });
}

function signatureHeaders(key: Buffer, body: string, now: Date): Readonly<Record<string, string>> {
  const id = `msg_${randomUUID()}`;
  const timestamp = Math.floor(now.getTime() / 1_000);
  return {
    'webhook-id': id,
    'webhook-timestamp': String(timestamp),
    'webhook-signature': webhookSignature({ id, timestamp, body }, key),
  };
}
