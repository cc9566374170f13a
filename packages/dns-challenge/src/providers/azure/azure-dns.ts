import { z } from 'zod';
import type { DnsProvider } from '../../dns-provider.ts';
import type { DnsChallengeError } from '../../errors.ts';
import { callApi, jsonOf, parseJson, refusalOf, type ApiAnswer, type ApiRequest } from '../../http/api.ts';
import { InTurn } from '../../in-turn.ts';
import { edited, untilWritten, type Edit } from '../../record-set.ts';
import { txtStrings } from '../../txt-text.ts';
import { relativeName, ZoneFinder } from '../../zone-finder.ts';
import { azureTokens, type AzureTokenOptions } from './azure-token.ts';

export interface AzureDnsOptions extends AzureTokenOptions {
  readonly subscriptionId: string;
  readonly resourceGroup: string;
  /** Default `https://management.azure.com`. */
  readonly baseUrl?: string | undefined;
}

/** Seconds. */
const TTL = 60;
const API_VERSION = 'api-version=2018-05-01';

const TxtRecord = z.object({ value: z.array(z.string()) });
type TxtRecord = z.infer<typeof TxtRecord>;
const RecordSet = z.object({
  etag: z.string(),
  properties: z.object({
    TTL: z.number(),
    TXTRecords: z.array(TxtRecord).default([]),
    metadata: z.record(z.string(), z.string()).optional(),
  }),
});
const Failure = z.object({ error: z.object({ code: z.string(), message: z.string().default('') }) });
const BareFailure = z.object({ code: z.string(), message: z.string().default('') });

const form = {
  read: ({ value }: TxtRecord) => value.join(''),
  write: (value: string): TxtRecord => ({ value: [...txtStrings(value)] }),
};

/**
 * Azure DNS. A set is written on condition of its ETag, so that a value that another process writes meanwhile is never lost.
 * @see https://learn.microsoft.com/en-us/rest/api/dns/record-sets/create-or-update
 */
export function azureDns(options: AzureDnsOptions): DnsProvider {
  const { clock, subscriptionId, resourceGroup } = options;
  const tokens = azureTokens(options);
  const turns = new InTurn();
  const path = ['subscriptions', subscriptionId, 'resourceGroups', resourceGroup].map(encodeURIComponent).join('/');
  const base = `${options.baseUrl ?? 'https://management.azure.com'}/${path}/providers/Microsoft.Network/dnsZones`;

  async function call(request: ApiRequest, signal: AbortSignal): Promise<ApiAnswer> {
    const token = await tokens.get(signal);
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json', ...request.headers };
    const answer = await callApi({ ...request, headers, secrets: [token] }, clock, signal);
    if (answer.status === 401) tokens.forget();
    return answer;
  }

  const zones = new ZoneFinder(async (name, signal) => {
    const doing = `looking for the zone ${name} in the resource group ${resourceGroup}`;
    const answer = await call({ doing, url: `${base}/${encodeURIComponent(name)}?${API_VERSION}` }, signal);
    if (answer.status === 200) return name;
    if (answer.status === 404 && failureOf(answer).code === 'ResourceNotFound') return undefined;
    throw refusal(answer);
  }, clock);

  async function change(fqdn: string, edit: Edit, signal: AbortSignal): Promise<void> {
    const { zone } = await zones.find(fqdn, signal);
    const url = `${base}/${encodeURIComponent(zone)}/TXT/${encodeURIComponent(relativeName(fqdn, zone))}?${API_VERSION}`;
    await turns.run(fqdn, () => untilWritten(fqdn, () => attempt(url, fqdn, edit, signal)), signal);
  }

  async function attempt(url: string, fqdn: string, edit: Edit, signal: AbortSignal) {
    const read = await call({ doing: `reading the TXT records of ${fqdn} at Azure DNS`, url }, signal);
    if (read.status !== 200 && read.status !== 404) throw refusal(read);
    const old = read.status === 404 ? undefined : jsonOf(read, RecordSet);
    const records = edited(old?.properties.TXTRecords ?? [], edit, form);
    if (records === undefined) return {};
    const doing = `changing the TXT records of ${fqdn} at Azure DNS`;
    const condition: Readonly<Record<string, string>> =
      old === undefined ? { 'if-none-match': '*' } : { 'if-match': old.etag };
    const body = JSON.stringify({ properties: { TTL, ...old?.properties, TXTRecords: records } });
    const request: ApiRequest =
      records.length === 0
        ? { doing, method: 'DELETE', url, headers: condition }
        : { doing, method: 'PUT', url, headers: condition, body };
    const answer = await call(request, signal);
    // 409 comes while Azure is busy with another change of the same set.
    if (answer.status === 412 || answer.status === 409) return 'changed-meanwhile';
    if (answer.status >= 300) throw refusal(answer);
    return {};
  }

  return {
    addTxt: (fqdn, value, signal) => change(fqdn, { kind: 'add', value }, signal),
    removeTxt: (fqdn, value, signal) => change(fqdn, { kind: 'remove', value }, signal),
  };
}

function failureOf({ text }: ApiAnswer): { readonly code: string; readonly message: string } {
  const json = parseJson(text);
  return Failure.safeParse(json).data?.error ?? BareFailure.safeParse(json).data ?? { code: '', message: '' };
}

function refusal(answer: ApiAnswer): DnsChallengeError {
  const { code, message } = failureOf(answer);
  const words = `${code} ${message}`;
  if (answer.status === 404) {
    return refusalOf(answer, words, { code: 'NO_ZONE', hint: 'check subscriptionId and resourceGroup' });
  }
  if (answer.status === 403) {
    return refusalOf(answer, words, { hint: 'the identity needs the role DNS Zone Contributor for the zone' });
  }
  return refusalOf(answer, words);
}
