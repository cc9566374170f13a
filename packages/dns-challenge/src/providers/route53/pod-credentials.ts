import { z } from 'zod';
import type { Clock } from '../../clock.ts';
import { DnsChallengeError } from '../../errors.ts';
import { callApi, jsonOf, refusalOf } from '../../http/api.ts';
import { Kept, type Expiring } from '../../http/kept.ts';
import { readIdentityToken, type PodEnvironment } from '../../pod-identity.ts';
import type { AwsCredentials } from './sig-v4.ts';
import { xmlText } from './xml.ts';

export type AwsCredentialSource = (signal: AbortSignal) => Promise<AwsCredentials>;

export interface PodCredentialOptions {
  readonly environment: PodEnvironment;
  /** Of STS. */
  readonly region: string;
  readonly clock: Clock;
  /** Default: STS of the region. */
  readonly stsUrl?: string | undefined;
}

/**
 * Credentials of the Pod's own role: by EKS Pod Identity where its agent announces itself, else by IAM roles for service accounts.
 * @throws DnsChallengeError when called: `BAD_CREDENTIALS` when the Pod has neither
 * @see https://docs.aws.amazon.com/sdkref/latest/guide/feature-container-credentials.html
 * @see https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithWebIdentity.html
 */
export function podCredentials(options: PodCredentialOptions): AwsCredentialSource {
  const kept = new Kept((signal) => fetchCredentials(options, signal), options.clock);
  return (signal) => kept.get(signal);
}

async function fetchCredentials(options: PodCredentialOptions, signal: AbortSignal): Promise<Expiring<AwsCredentials>> {
  const { environment } = options;
  const agent = environment['AWS_CONTAINER_CREDENTIALS_FULL_URI'];
  const agentToken = environment['AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE'];
  if (agent !== undefined && agentToken !== undefined) return fromAgent(agent, agentToken, options.clock, signal);
  const roleArn = environment['AWS_ROLE_ARN'];
  const tokenFile = environment['AWS_WEB_IDENTITY_TOKEN_FILE'];
  if (roleArn !== undefined && tokenFile !== undefined) return fromSts(roleArn, tokenFile, options, signal);
  throw new DnsChallengeError('BAD_CREDENTIALS', 'taking AWS credentials from the Pod: it has no identity at AWS', {
    hint: 'set accessKeyId and secretAccessKey, or give the controller’s ServiceAccount a role (EKS Pod Identity or IRSA)',
  });
}

const AgentAnswer = z.object({
  AccessKeyId: z.string(),
  SecretAccessKey: z.string(),
  Token: z.string(),
  Expiration: z.iso.datetime({ offset: true }),
});

async function fromAgent(url: string, tokenFile: string, clock: Clock, signal: AbortSignal) {
  const token = await readIdentityToken(tokenFile);
  const doing = 'taking AWS credentials from the EKS Pod Identity Agent';
  const answer = await callApi({ doing, url, headers: { authorization: token }, secrets: [token] }, clock, signal);
  if (answer.status !== 200) throw refusalOf(answer, answer.text, { code: 'BAD_CREDENTIALS' });
  const { AccessKeyId, SecretAccessKey, Token, Expiration } = jsonOf(answer, AgentAnswer);
  const value = { accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey, sessionToken: Token };
  return { value, expiresAt: new Date(Expiration) };
}

async function fromSts(roleArn: string, tokenFile: string, options: PodCredentialOptions, signal: AbortSignal) {
  const { region, clock } = options;
  const token = await readIdentityToken(tokenFile);
  const doing = `assuming the role ${roleArn}`;
  const answer = await callApi(
    {
      doing,
      method: 'POST',
      url: options.stsUrl ?? `https://sts.${region}.amazonaws.com${region.startsWith('cn-') ? '.cn' : ''}/`,
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: String(
        new URLSearchParams({
          Action: 'AssumeRoleWithWebIdentity',
          Version: '2011-06-15',
          RoleArn: roleArn,
          RoleSessionName: 'gatefleet',
          WebIdentityToken: token,
        }),
      ),
      secrets: [token],
    },
    clock,
    signal,
  );
  if (answer.status !== 200) {
    throw refusalOf(answer, `${xmlText(answer.text, 'Code') ?? ''} ${xmlText(answer.text, 'Message') ?? ''}`, {
      code: 'BAD_CREDENTIALS',
      hint: 'the role’s trust policy must name the cluster’s OIDC provider and the controller’s ServiceAccount',
    });
  }
  const [accessKeyId, secretAccessKey, sessionToken, expiration] = [
    'AccessKeyId',
    'SecretAccessKey',
    'SessionToken',
    'Expiration',
  ].map((name) => xmlText(answer.text, name));
  const expiresAt = new Date(expiration ?? '');
  if (accessKeyId === undefined || secretAccessKey === undefined || Number.isNaN(expiresAt.getTime())) {
    throw new DnsChallengeError('BAD_ANSWER', `${doing}: STS answered without credentials`);
  }
  return { value: { accessKeyId, secretAccessKey, sessionToken }, expiresAt };
}
