import { createPrivateKey, sign, type KeyObject } from 'node:crypto';
import { z } from 'zod';
import type { Clock } from '../../clock.ts';
import { DnsChallengeError } from '../../errors.ts';
import { callApi, jsonOf, parseJson, refusalOf } from '../../http/api.ts';
import { Kept, type Expiring } from '../../http/kept.ts';

const SCOPE = 'https://www.googleapis.com/auth/ndev.clouddns.readwrite';
/** The longest that Google allows. */
const ASSERTION_SECONDS = 3_600;

const ServiceAccountKey = z.object({
  type: z.literal('service_account'),
  client_email: z.string(),
  private_key: z.string(),
  private_key_id: z.string().optional(),
  token_uri: z.url().default('https://oauth2.googleapis.com/token'),
});
const Token = z.object({ access_token: z.string(), expires_in: z.number() });
const Failure = z.object({ error: z.string(), error_description: z.string().default('') });

export interface GoogleTokenOptions {
  /** Gives a service account's key as JSON; without it the Pod's own identity is asked for. */
  readonly serviceAccount?: ((signal: AbortSignal) => Promise<string>) | undefined;
  readonly clock: Clock;
  /** Of the server that tells the Pod's identity. Default `http://metadata.google.internal`. */
  readonly metadataUrl?: string | undefined;
}

/** Access tokens for Cloud DNS, kept while they are good. */
export function googleTokens({ serviceAccount, clock, metadataUrl }: GoogleTokenOptions): Kept<string> {
  return new Kept(async (signal) => {
    if (serviceAccount === undefined) return podToken(metadataUrl ?? 'http://metadata.google.internal', clock, signal);
    return accountToken(await serviceAccount(signal), clock, signal);
  }, clock);
}

/** @see https://developers.google.com/identity/protocols/oauth2/service-account#httprest */
async function accountToken(text: string, clock: Clock, signal: AbortSignal): Promise<Expiring<string>> {
  const { account, key } = parseKey(text);
  const now = clock.now();
  const issuedAt = Math.floor(now.getTime() / 1_000);
  const header = { alg: 'RS256', typ: 'JWT', kid: account.private_key_id };
  const claims = {
    iss: account.client_email,
    scope: SCOPE,
    aud: account.token_uri,
    iat: issuedAt,
    exp: issuedAt + ASSERTION_SECONDS,
  };
  const signed = [header, claims].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.');
  const assertion = `${signed}.${sign('sha256', Buffer.from(signed), key).toString('base64url')}`;
  const request = {
    doing: `signing in at Google as ${account.client_email}`,
    method: 'POST' as const,
    url: account.token_uri,
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: String(new URLSearchParams({ grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer', assertion })),
    secrets: [assertion, account.private_key],
  };
  const answer = await callApi(request, clock, signal);
  if (answer.status !== 200) {
    const { error = '', error_description: description = '' } = Failure.safeParse(parseJson(answer.text)).data ?? {};
    throw refusalOf(answer, `${error} ${description}`, {
      code: 'BAD_CREDENTIALS',
      hint: 'check that the key was not deleted at Google, and that the clock is right',
    });
  }
  return tokenOf(jsonOf(answer, Token), now);
}

/** @see https://cloud.google.com/compute/docs/access/authenticate-workloads#applications */
async function podToken(metadataUrl: string, clock: Clock, signal: AbortSignal): Promise<Expiring<string>> {
  const now = clock.now();
  const doing = 'asking Google’s metadata server for the Pod’s identity';
  const url = `${metadataUrl}/computeMetadata/v1/instance/service-accounts/default/token?scopes=${encodeURIComponent(SCOPE)}`;
  const answer = await callApi({ doing, url, headers: { 'metadata-flavor': 'Google' } }, clock, signal);
  if (answer.status !== 200) {
    throw refusalOf(answer, '', {
      code: 'BAD_CREDENTIALS',
      hint: 'set serviceAccount, or bind the controller’s ServiceAccount by Workload Identity Federation',
    });
  }
  return tokenOf(jsonOf(answer, Token), now);
}

function tokenOf({ access_token: value, expires_in: seconds }: z.infer<typeof Token>, now: Date): Expiring<string> {
  return { value, expiresAt: new Date(now.getTime() + seconds * 1_000) };
}

function parseKey(text: string): { account: z.infer<typeof ServiceAccountKey>; key: KeyObject } {
  const parsed = ServiceAccountKey.safeParse(parseJson(text));
  try {
    if (parsed.success) return { account: parsed.data, key: createPrivateKey(parsed.data.private_key) };
  } catch {
    // Its reason may quote the key.
  }
  throw new DnsChallengeError('BAD_CREDENTIALS', 'reading the service account’s key: it is not one', {
    hint: 'it is the JSON that Google gives when a key is created, with type, client_email and private_key',
  });
}
