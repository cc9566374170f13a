import type { Clock } from '../clock.ts';
import type { AwsCredentials } from '../providers/route53/sig-v4.ts';
import { startFakeApi, type FakeApi } from './fake-api.ts';

export interface FakeStsOptions {
  /** The token that proves the Pod. */
  readonly token: string;
  readonly roleArn: string;
  readonly credentials: AwsCredentials;
  readonly clock: Clock;
}

/** A fake of AWS STS' AssumeRoleWithWebIdentity at `/`, and of the EKS Pod Identity Agent at `/v1/credentials`. */
export async function startFakeSts({ token, roleArn, credentials, clock }: FakeStsOptions): Promise<FakeApi> {
  return startFakeApi((call) => {
    const { accessKeyId, secretAccessKey, sessionToken = '' } = credentials;
    const expiration = new Date(clock.now().getTime() + 3_600_000).toISOString();
    if (call.path === '/v1/credentials') {
      if (call.headers.authorization !== token) return { status: 403, body: 'no such Pod' };
      const Token = sessionToken;
      const answer = { AccessKeyId: accessKeyId, SecretAccessKey: secretAccessKey, Token, Expiration: expiration };
      return { status: 200, body: JSON.stringify(answer) };
    }
    const form = new URLSearchParams(call.body);
    if (form.get('Action') !== 'AssumeRoleWithWebIdentity' || form.get('Version') !== '2011-06-15') {
      return failure('InvalidAction', call.body);
    }
    if (!/^[\w+=,.@-]{2,64}$/.test(form.get('RoleSessionName') ?? ''))
      return failure('ValidationError', 'RoleSessionName');
    const given = form.get('WebIdentityToken') ?? '';
    if (given !== token) return failure('InvalidIdentityToken', `No OpenIDConnect provider found for ${given}`);
    if (form.get('RoleArn') !== roleArn) return failure('AccessDenied', 'Not authorized to perform this');
    const keys = `<AccessKeyId>${accessKeyId}</AccessKeyId><SecretAccessKey>${secretAccessKey}</SecretAccessKey>`;
    const rest = `<SessionToken>${sessionToken}</SessionToken><Expiration>${expiration}</Expiration>`;
    return {
      status: 200,
      body: `<AssumeRoleWithWebIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleWithWebIdentityResult><Credentials>${keys}${rest}</Credentials></AssumeRoleWithWebIdentityResult></AssumeRoleWithWebIdentityResponse>`,
    };
  });
}

function failure(code: string, message: string) {
  return {
    status: code === 'AccessDenied' ? 403 : 400,
    body: `<ErrorResponse><Error><Type>Sender</Type><Code>${code}</Code><Message>${message}</Message></Error></ErrorResponse>`,
  };
}
