import { relativeName } from '../zone-finder.ts';
import { json, startFakeApi, type ApiCall, type ApiReply, type FakeApi } from './fake-api.ts';
import { FakeZones } from './fake-zones.ts';

export interface FakeAzureOptions {
  readonly subscriptionId: string;
  readonly resourceGroup: string;
  readonly zones: readonly string[];
  readonly tenantId: string;
  readonly clientId: string;
  readonly clientSecret: string;
  /** The token that proves the Pod, for workload identity. */
  readonly federatedToken?: string;
}

/** One record as Azure keeps it: the strings of its value. */
export interface AzureTxt {
  readonly value: readonly string[];
}

export interface FakeAzure extends FakeApi {
  readonly zones: FakeZones<AzureTxt>;
}

const ACCESS_TOKEN = 'access-token-of-azure';

/**
 * A fake of the part of Azure Resource Manager's DNS API (2018-05-01) that we use, of Microsoft's token endpoint, and of the metadata
 * server of Azure's machines, made from their documentation. It keeps to If-Match and If-None-Match as the real one does.
 */
export async function startFakeAzure(options: FakeAzureOptions): Promise<FakeAzure> {
  const zones = new FakeZones<AzureTxt>(options.zones);
  const base = `/subscriptions/${options.subscriptionId}/resourceGroups/${options.resourceGroup}/providers/Microsoft.Network/dnsZones/`;
  const api = await startFakeApi((call) => {
    if (call.path === `/${options.tenantId}/oauth2/v2.0/token`) return signIn(call, options);
    if (call.path === '/metadata/identity/oauth2/token') {
      const isWhole =
        call.headers['metadata'] === 'true' && call.query.get('resource') === 'https://management.azure.com/';
      return isWhole ? token() : json(400, { error: 'invalid_request' });
    }
    if (call.headers.authorization !== `Bearer ${ACCESS_TOKEN}`)
      return failure(401, 'InvalidAuthenticationToken', 'no');
    if (call.query.get('api-version') !== '2018-05-01') return failure(400, 'NoRegisteredProviderFound', call.target);
    if (!call.path.startsWith(base)) return failure(404, 'ResourceGroupNotFound', call.path);
    const [name = '', type, relative = ''] = call.path.slice(base.length).split('/');
    if (!options.zones.includes(name)) return failure(404, 'ResourceNotFound', `The Resource '${name}' was not found.`);
    if (type === undefined) return json(200, { name, properties: {} });
    if (type !== 'TXT') return failure(400, 'BadRequest', type);
    return recordSet(call, zones, name, relative);
  });
  return Object.assign(api, { zones });
}

function signIn(call: ApiCall, options: FakeAzureOptions): ApiReply {
  const form = new URLSearchParams(call.body);
  const isWhole =
    form.get('grant_type') === 'client_credentials' && form.get('scope') === 'https://management.azure.com/.default';
  if (!isWhole) return json(400, { error: 'invalid_request', error_description: call.body });
  const { clientSecret, clientId, federatedToken } = options;
  const bySecret = form.get('client_secret') === clientSecret;
  const byAssertion =
    federatedToken !== undefined &&
    form.get('client_assertion') === federatedToken &&
    form.get('client_assertion_type') === 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';
  if (form.get('client_id') === clientId && (bySecret || byAssertion)) return token();
  const given = form.get('client_secret') ?? form.get('client_assertion') ?? '';
  return json(401, {
    error: 'invalid_client',
    error_description: `AADSTS7000215: Invalid client secret provided: ${given}`,
  });
}

function token(): ApiReply {
  // The metadata server gives the number as text.
  return json(200, { token_type: 'Bearer', expires_in: '3599', access_token: ACCESS_TOKEN });
}

function recordSet(call: ApiCall, zones: FakeZones<AzureTxt>, zone: string, relative: string): ApiReply {
  const live = zones.zone(zone);
  const fqdn = relative === '@' ? zone : `${relative}.${zone}`;
  if (call.method !== 'GET') zones.beforeChange(fqdn);
  const there = live.get(fqdn);
  const etag = there === undefined ? undefined : `W/"${Buffer.from(JSON.stringify(there)).toString('base64url')}"`;
  const answer = (status: number): ApiReply => {
    const set = live.get(fqdn);
    const properties = { TTL: set?.ttl, TXTRecords: set?.items, fqdn: `${fqdn}.`, metadata: { owner: 'dns-team' } };
    return json(status, { name: relativeName(fqdn, zone), etag: etag ?? 'W/"new"', properties });
  };
  const { 'if-match': ifMatch, 'if-none-match': ifNoneMatch } = call.headers;
  const isOther = (ifNoneMatch === '*' && there !== undefined) || (ifMatch !== undefined && ifMatch !== etag);
  switch (call.method) {
    case 'GET':
      return there === undefined
        ? failure(404, 'NotFound', `The resource record '${relative}' does not exist`)
        : answer(200);
    case 'PUT': {
      if (isOther) return failure(412, 'PreconditionFailed', 'The condition was not satisfied');
      const { properties } = JSON.parse(call.body) as {
        properties: { TTL: number; TXTRecords: readonly AzureTxt[]; metadata?: object };
      };
      const strings = properties.TXTRecords.flatMap(({ value }) => value);
      if (strings.length === 0 || strings.some(({ length }) => length > 1_024))
        return failure(400, 'BadRequest', 'TXTRecords');
      if (there !== undefined && properties.metadata === undefined)
        return failure(400, 'BadRequest', 'lost its metadata');
      live.set(fqdn, { ttl: properties.TTL, items: properties.TXTRecords });
      return answer(there === undefined ? 201 : 200);
    }
    case 'DELETE':
      if (there === undefined) return { status: 204, body: '' };
      if (isOther) return failure(412, 'PreconditionFailed', 'The condition was not satisfied');
      live.delete(fqdn);
      return { status: 200, body: '' };
    default:
      return failure(405, 'MethodNotAllowed', call.method);
  }
}

function failure(status: number, code: string, message: string): ApiReply {
  // Of the provider and of the resource manager before it: with and without a wrapping.
  return json(status, code === 'NotFound' ? { code, message } : { error: { code, message } });
}
