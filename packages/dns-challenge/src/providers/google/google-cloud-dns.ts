import { z } from 'zod';
import { DnsChallengeError, type DnsChallengeErrorCode } from '../../errors.ts';
import type { DnsProvider } from '../../dns-provider.ts';
import { callApi, jsonOf, parseJson, refusalOf, type ApiAnswer, type ApiRequest } from '../../http/api.ts';
import { InTurn } from '../../in-turn.ts';
import { edited, untilWritten, type Edit } from '../../record-set.ts';
import { quotedTxt, unquotedTxt } from '../../txt-text.ts';
import { ZoneFinder } from '../../zone-finder.ts';
import { googleTokens, type GoogleTokenOptions } from './google-token.ts';

export interface GoogleCloudDnsOptions extends GoogleTokenOptions {
  readonly project: string;
  /** Default `https://dns.googleapis.com`. */
  readonly baseUrl?: string | undefined;
}

/** Seconds. */
const TTL = 60;
const POLL_MS = 2_000;
const TIMEOUT_MS = 3 * 60_000;

const Zones = z.object({
  managedZones: z
    .array(z.object({ name: z.string(), dnsName: z.string(), visibility: z.string().optional() }))
    .default([]),
});
const RecordSet = z.object({ name: z.string(), type: z.string(), ttl: z.number(), rrdatas: z.array(z.string()) });
const RecordSets = z.object({ rrsets: z.array(RecordSet).default([]) });
const Change = z.object({ id: z.string(), status: z.string() });
const Failure = z.object({
  error: z.object({ message: z.string().default(''), errors: z.array(z.object({ reason: z.string() })).default([]) }),
});

const form = { read: unquotedTxt, write: quotedTxt };

/**
 * Google Cloud DNS. A change takes the old set away as it was read, and so fails when somebody else was faster.
 * @see https://cloud.google.com/dns/docs/reference/rest/v1/changes/create
 */
export function googleCloudDns(options: GoogleCloudDnsOptions): DnsProvider {
  const { clock, project } = options;
  const tokens = googleTokens(options);
  const turns = new InTurn();
  const base = `${options.baseUrl ?? 'https://dns.googleapis.com'}/dns/v1/projects/${encodeURIComponent(project)}/managedZones`;
  const zones = new ZoneFinder(zoneAt, clock);

  async function call(request: ApiRequest, signal: AbortSignal): Promise<ApiAnswer> {
    const token = await tokens.get(signal);
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
    const answer = await callApi({ ...request, headers, secrets: [token] }, clock, signal);
    if (answer.status === 401) tokens.forget();
    return answer;
  }

  async function zoneAt(name: string, signal: AbortSignal): Promise<string | undefined> {
    const doing = `looking for the zone ${name} in the project ${project}`;
    const answer = await call(
      { doing, url: `${base}?${String(new URLSearchParams({ dnsName: `${name}.` }))}` },
      signal,
    );
    if (answer.status !== 200) throw refusal(answer);
    const names = jsonOf(answer, Zones)
      .managedZones.filter((zone) => zone.dnsName === `${name}.` && zone.visibility !== 'private')
      .map((zone) => zone.name);
    if (names.length <= 1) return names[0];
    throw new DnsChallengeError('NO_ZONE', `${doing}: there are ${names.length}, ${names.join(', ')}`, {
      hint: 'leave only the one that the parent zone delegates to, or delegate _acme-challenge by CNAME to another zone',
    });
  }

  async function change(fqdn: string, edit: Edit, signal: AbortSignal): Promise<void> {
    const { zone } = await zones.find(fqdn, signal);
    const url = `${base}/${encodeURIComponent(zone)}`;
    const { id } = await turns.run(fqdn, () => untilWritten(fqdn, () => attempt(url, fqdn, edit, signal)), signal);
    if (edit.kind === 'add' && id !== undefined)
      await untilDone(`${url}/changes/${encodeURIComponent(id)}`, fqdn, signal);
  }

  async function attempt(url: string, fqdn: string, edit: Edit, signal: AbortSignal) {
    const query = new URLSearchParams({ name: `${fqdn}.`, type: 'TXT' });
    const doing = `reading the TXT records of ${fqdn} at Google Cloud DNS`;
    const read = await call({ doing, url: `${url}/rrsets?${String(query)}` }, signal);
    if (read.status !== 200) throw refusal(read);
    const old = jsonOf(read, RecordSets).rrsets.find(({ name, type }) => name === `${fqdn}.` && type === 'TXT');
    const rrdatas = edited(old?.rrdatas ?? [], edit, form);
    if (rrdatas === undefined) return { id: undefined };
    const next = { name: `${fqdn}.`, type: 'TXT', ttl: old?.ttl ?? TTL, rrdatas };
    const body = JSON.stringify({
      deletions: old === undefined ? [] : [old],
      additions: rrdatas.length === 0 ? [] : [next],
    });
    const changing = `changing the TXT records of ${fqdn} at Google Cloud DNS`;
    const answer = await call({ doing: changing, method: 'POST', url: `${url}/changes`, body }, signal);
    if (answer.status === 200) return { id: jsonOf(answer, Change).id };
    if (isOvertaken(answer)) return 'changed-meanwhile';
    throw refusal(answer);
  }

  async function untilDone(url: string, fqdn: string, signal: AbortSignal): Promise<void> {
    const deadline = clock.now().getTime() + TIMEOUT_MS;
    const doing = `waiting for the TXT records of ${fqdn} to be on all servers of Google Cloud DNS`;
    for (;;) {
      const answer = await call({ doing, url }, signal);
      if (answer.status !== 200) throw refusal(answer);
      if (jsonOf(answer, Change).status === 'done') return;
      if (clock.now().getTime() >= deadline) {
        throw new DnsChallengeError('TIMED_OUT', `${doing}: not within ${TIMEOUT_MS / 60_000} minutes`, {
          hint: 'look at https://status.cloud.google.com',
        });
      }
      await clock.sleep(POLL_MS, signal);
    }
  }

  return {
    addTxt: (fqdn, value, signal) => change(fqdn, { kind: 'add', value }, signal),
    removeTxt: (fqdn, value, signal) => change(fqdn, { kind: 'remove', value }, signal),
  };
}

function failureOf({ text }: ApiAnswer): { readonly message: string; readonly reasons: readonly string[] } {
  const error = Failure.safeParse(parseJson(text)).data?.error;
  return { message: error?.message ?? '', reasons: error?.errors.map(({ reason }) => reason) ?? [] };
}

/** The set to be taken away is another one by now, or is gone; the set to be made is there already. */
function isOvertaken(answer: ApiAnswer): boolean {
  return (
    answer.status === 409 ||
    answer.status === 412 ||
    (answer.status === 404 && failureOf(answer).message.includes('entity.change.deletions'))
  );
}

function refusal(answer: ApiAnswer): DnsChallengeError {
  const { message, reasons } = failureOf(answer);
  // Quotas are refused with 403 too.
  const code: DnsChallengeErrorCode | undefined = reasons.some((reason) =>
    /RateLimitExceeded|quotaExceeded/i.test(reason),
  )
    ? 'RATE_LIMITED'
    : undefined;
  const hint = answer.status === 403 ? 'the service account needs the role roles/dns.admin in this project' : undefined;
  return refusalOf(answer, message, {
    ...(code === undefined ? {} : { code }),
    ...(hint === undefined || code !== undefined ? {} : { hint }),
  });
}
