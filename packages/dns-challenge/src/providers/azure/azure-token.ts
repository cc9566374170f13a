import { z } from 'zod';
import type { Clock } from '../../clock.ts';
import { callApi, jsonOf, parseJson, refusalOf } from '../../http/api.ts';
import { Kept, type Expiring } from '../../http/kept.ts';
import { readIdentityToken, type PodEnvironment } from '../../pod-identity.ts';

/** An application and its secret. */
export interface AzureApplication {
  readonly tenantId: string;
  readonly clientId: string;
  readonly clientSecret: (signal: AbortSignal) => Promise<string>;
}

export interface AzureTokenOptions {
  /** Left out, the Pod's own identity is used. */
  readonly application?: AzureApplication | undefined;
  readonly environment: PodEnvironment;
  readonly clock: Clock;
  /** Default `https://login.microsoftonline.com`, or what workload identity says. */
  readonly loginUrl?: string | undefined;
  /** Of the server that knows managed identities. Default `http://169.254.169.254`. */
  readonly metadataUrl?: string | undefined;
}

const RESOURCE = 'https://management.azure.com/';
const SCOPE = `${RESOURCE}.default`;

const Token = z.object({ access_token: z.string(), expires_in: z.coerce.number() });
const Failure = z.object({ error: z.string(), error_description: z.string().default('') });

/** Access tokens for Azure Resource Manager, kept while they are good. */
export function azureTokens(options: AzureTokenOptions): Kept<string> {
  const { application, environment, clock } = options;
  const tenantId = environment['AZURE_TENANT_ID'];
  const clientId = environment['AZURE_CLIENT_ID'];
  const tokenFile = environment['AZURE_FEDERATED_TOKEN_FILE'];
  return new Kept(async (signal) => {
    if (application !== undefined) {
      const secret = await application.clientSecret(signal);
      const grant = { client_id: application.clientId, client_secret: secret };
      return signIn({ tenantId: application.tenantId, grant, secret }, options, signal);
    }
    if (tenantId !== undefined && clientId !== undefined && tokenFile !== undefined) {
      const secret = await readIdentityToken(tokenFile);
      const type = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';
      const grant = { client_id: clientId, client_assertion_type: type, client_assertion: secret };
      return signIn({ tenantId, grant, secret }, options, signal);
    }
    return managedIdentity(options, signal);
  }, clock);
}

interface Grant {
  readonly tenantId: string;
  readonly grant: Readonly<Record<string, string>>;
  readonly secret: string;
}

/** @see https://learn.microsoft.com/en-us/entra/identity-platform/v2-oauth2-client-creds-grant-flow */
async function signIn({ tenantId, grant, secret }: Grant, options: AzureTokenOptions, signal: AbortSignal) {
  const { environment, clock } = options;
  const authority = options.loginUrl ?? environment['AZURE_AUTHORITY_HOST'] ?? 'https://login.microsoftonline.com';
  const now = clock.now();
  const answer = await callApi(
    {
      doing: `signing in at Azure as the application ${grant['client_id'] ?? ''}`,
      method: 'POST',
      url: `${authority.replace(/\/$/, '')}/${encodeURIComponent(tenantId)}/oauth2/v2.0/token`,
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: String(new URLSearchParams({ ...grant, grant_type: 'client_credentials', scope: SCOPE })),
      secrets: [secret],
    },
    clock,
    signal,
  );
  if (answer.status !== 200) {
    const { error = '', error_description: description = '' } = Failure.safeParse(parseJson(answer.text)).data ?? {};
    throw refusalOf(answer, `${error} ${description}`, {
      code: 'BAD_CREDENTIALS',
      hint: 'check tenantId, clientId and the client secret, which may have expired',
    });
  }
  return tokenOf(jsonOf(answer, Token), now);
}

/** @see https://learn.microsoft.com/en-us/entra/identity/managed-identities-azure-resources/how-to-use-vm-token */
async function managedIdentity({ environment, clock, metadataUrl }: AzureTokenOptions, signal: AbortSignal) {
  const now = clock.now();
  const clientId = environment['AZURE_CLIENT_ID'];
  const query = new URLSearchParams({ 'api-version': '2018-02-01', resource: RESOURCE });
  if (clientId !== undefined) query.set('client_id', clientId);
  const url = `${metadataUrl ?? 'http://169.254.169.254'}/metadata/identity/oauth2/token?${String(query)}`;
  const doing = 'asking Azure’s metadata server for the Pod’s identity';
  const answer = await callApi({ doing, url, headers: { metadata: 'true' } }, clock, signal);
  if (answer.status !== 200) {
    throw refusalOf(answer, answer.text, {
      code: 'BAD_CREDENTIALS',
      hint: 'set tenantId, clientId and clientSecret, or give the controller’s ServiceAccount a workload identity',
    });
  }
  return tokenOf(jsonOf(answer, Token), now);
}

function tokenOf({ access_token: value, expires_in: seconds }: z.infer<typeof Token>, now: Date): Expiring<string> {
  return { value, expiresAt: new Date(now.getTime() + seconds * 1_000) };
}
