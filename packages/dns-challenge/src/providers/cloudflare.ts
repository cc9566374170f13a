import { z } from 'zod';
import type { Clock } from '../clock.ts';
import type { DnsProvider } from '../dns-provider.ts';
import { callApi, jsonOf, parseJson, refusalOf, type ApiAnswer, type ApiRequest } from '../http/api.ts';
import { quotedTxt, unquotedTxt } from '../txt-text.ts';
import { ZoneFinder } from '../zone-finder.ts';

export interface CloudflareOptions {
  /** Gives an API token with the permissions Zone.Zone.Read and Zone.DNS.Edit; asked for anew with every change. */
  readonly apiToken: (signal: AbortSignal) => Promise<string>;
  readonly clock: Clock;
  /** Default `https://api.cloudflare.com/client/v4`. */
  readonly baseUrl?: string | undefined;
}

const Zones = z.object({ result: z.array(z.object({ id: z.string(), name: z.string() })) });
const Records = z.object({ result: z.array(z.object({ id: z.string(), name: z.string(), content: z.string() })) });
const Failure = z.object({ errors: z.array(z.object({ code: z.number(), message: z.string() })) });

/** The shortest that every plan allows, in seconds. */
const TTL = 60;
const IDENTICAL_RECORD_EXISTS = 81058;
const RECORD_EXISTS = 81057;
/** Wrong form of the token, and a token that is unknown. */
const BAD_TOKEN: ReadonlySet<number> = new Set([1000, 6003, 6111]);

/** @see https://developers.cloudflare.com/api/resources/dns/subresources/records/ */
export function cloudflare({ apiToken, clock, ...options }: CloudflareOptions): DnsProvider {
  const baseUrl = options.baseUrl ?? 'https://api.cloudflare.com/client/v4';

  async function call(request: ApiRequest, signal: AbortSignal): Promise<ApiAnswer> {
    const token = await apiToken(signal);
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
    return callApi({ ...request, headers, secrets: [token] }, clock, signal);
  }

  const zones = new ZoneFinder(async (name, signal) => {
    const url = `${baseUrl}/zones?${String(new URLSearchParams({ name }))}`;
    const answer = await call({ doing: `looking for the zone ${name} at Cloudflare`, url }, signal);
    if (answer.status !== 200) throw refusal(answer);
    return jsonOf(answer, Zones).result.find((zone) => zone.name === name)?.id;
  }, clock);

  async function recordsOf(fqdn: string, signal: AbortSignal): Promise<string> {
    const { zone } = await zones.find(fqdn, signal);
    return `${baseUrl}/zones/${encodeURIComponent(zone)}/dns_records`;
  }

  return {
    async addTxt(fqdn, value, signal) {
      const url = await recordsOf(fqdn, signal);
      const body = JSON.stringify({ type: 'TXT', name: fqdn, content: quotedTxt(value), ttl: TTL });
      const answer = await call(
        { doing: `adding a TXT record at ${fqdn} at Cloudflare`, method: 'POST', url, body },
        signal,
      );
      const codes = failuresOf(answer).map(({ code }) => code);
      if (answer.status === 200 || codes.includes(IDENTICAL_RECORD_EXISTS) || codes.includes(RECORD_EXISTS)) return;
      throw refusal(answer);
    },

    async removeTxt(fqdn, value, signal) {
      const url = await recordsOf(fqdn, signal);
      const query = new URLSearchParams({ type: 'TXT', name: fqdn, per_page: '100' });
      const answer = await call(
        { doing: `reading the TXT records of ${fqdn} at Cloudflare`, url: `${url}?${String(query)}` },
        signal,
      );
      if (answer.status !== 200) throw refusal(answer);
      const { result } = jsonOf(answer, Records);
      for (const { id } of result.filter(({ content }) => unquotedTxt(content) === value)) {
        const doing = `removing a TXT record at ${fqdn} at Cloudflare`;
        const removed = await call({ doing, method: 'DELETE', url: `${url}/${encodeURIComponent(id)}` }, signal);
        // 404: somebody else was faster.
        if (removed.status !== 200 && removed.status !== 404) throw refusal(removed);
      }
    },
  };
}

function failuresOf({ text }: ApiAnswer): readonly { code: number; message: string }[] {
  return Failure.safeParse(parseJson(text)).data?.errors ?? [];
}

function refusal(answer: ApiAnswer) {
  const failures = failuresOf(answer);
  const words = failures.map(({ code, message }) => `${message} (${code})`).join(', ');
  const hint = 'the API token needs Zone.Zone.Read and Zone.DNS.Edit for this zone';
  if (failures.some(({ code }) => BAD_TOKEN.has(code)))
    return refusalOf(answer, words, { code: 'BAD_CREDENTIALS', hint });
  return answer.status === 401 || answer.status === 403 ? refusalOf(answer, words, { hint }) : refusalOf(answer, words);
}
