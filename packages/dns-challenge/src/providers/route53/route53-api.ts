import type { Clock } from '../../clock.ts';
import { DnsChallengeError, type DnsChallengeErrorCode } from '../../errors.ts';
import { callApi, refusalOf, type ApiAnswer } from '../../http/api.ts';
import { redacted } from '../../http/redacted.ts';
import type { AwsCredentialSource } from './pod-credentials.ts';
import { signedHeaders } from './sig-v4.ts';
import { xmlText } from './xml.ts';

export interface Route53ApiOptions {
  readonly credentials: AwsCredentialSource;
  /** Decides between the public, the Chinese and the US government's Route 53. */
  readonly region: string;
  readonly clock: Clock;
  /** Default: that of the region. */
  readonly baseUrl?: string | undefined;
}

export interface Route53Request {
  /** What is under way, for errors. */
  readonly doing: string;
  readonly method?: 'GET' | 'POST';
  /** Below the version, with its query. */
  readonly path: string;
  readonly body?: string;
}

/** Answers with 200 or with the error of that code; any other error is thrown. */
export type Route53Answer = { readonly kind: 'ok'; readonly xml: string } | { readonly kind: 'invalid-change-batch' };

const codes: Readonly<Record<string, DnsChallengeErrorCode>> = {
  Throttling: 'RATE_LIMITED',
  ThrottlingException: 'RATE_LIMITED',
  // The zone is busy with another of our changes.
  PriorRequestNotComplete: 'RATE_LIMITED',
  InvalidClientTokenId: 'BAD_CREDENTIALS',
  UnrecognizedClientException: 'BAD_CREDENTIALS',
  SignatureDoesNotMatch: 'BAD_CREDENTIALS',
  InvalidSignatureException: 'BAD_CREDENTIALS',
  IncompleteSignature: 'BAD_CREDENTIALS',
  MissingAuthenticationToken: 'BAD_CREDENTIALS',
  ExpiredToken: 'BAD_CREDENTIALS',
  ExpiredTokenException: 'BAD_CREDENTIALS',
  RequestExpired: 'BAD_CREDENTIALS',
  AccessDenied: 'FORBIDDEN',
  AccessDeniedException: 'FORBIDDEN',
  NoSuchHostedZone: 'NO_ZONE',
};

const hints: Partial<Record<DnsChallengeErrorCode, string>> = {
  BAD_CREDENTIALS: 'check the access key, and that the clock is right',
  FORBIDDEN:
    'it needs route53:ListHostedZonesByName, and route53:ListResourceRecordSets, ChangeResourceRecordSets and GetChange for the zone',
  NO_ZONE: 'check hostedZone',
};

/** @see https://docs.aws.amazon.com/Route53/latest/APIReference/requests-rest.html */
export class Route53Api {
  readonly #options: Route53ApiOptions;

  constructor(options: Route53ApiOptions) {
    this.#options = options;
  }

  async call(request: Route53Request, signal: AbortSignal): Promise<Route53Answer> {
    const { credentials, region, clock } = this.#options;
    const { doing, method = 'GET', body = '' } = request;
    const keys = await credentials(signal);
    const { endpoint, signingRegion } = partitionOf(region);
    const url = `${this.#options.baseUrl ?? endpoint}/2013-04-01/${request.path}`;
    const type: Readonly<Record<string, string>> = body === '' ? {} : { 'content-type': 'application/xml' };
    const scope = { region: signingRegion, service: 'route53' };
    const headers = signedHeaders({ method, url, headers: type, body }, keys, scope, clock.now());
    const secrets = [keys.secretAccessKey, keys.sessionToken ?? ''];
    const sent = { doing, method, url, headers, secrets, ...(body === '' ? {} : { body }) };
    return answered(await callApi(sent, clock, signal));
  }
}

function answered(answer: ApiAnswer): Route53Answer {
  if (answer.status === 200) return { kind: 'ok', xml: answer.text };
  // An error has a code below Error; InvalidChangeBatch is in some answers the root itself.
  const code = /<InvalidChangeBatch[ >]/.test(answer.text) ? 'InvalidChangeBatch' : xmlText(answer.text, 'Code');
  const message = xmlText(answer.text, 'Message') ?? '';
  if (code === 'InvalidChangeBatch' && isOvertaken(answer.text)) return { kind: 'invalid-change-batch' };
  const ours = codes[code ?? ''];
  const { request } = answer;
  if (ours === 'RATE_LIMITED') {
    const text = redacted(message, request.secrets ?? []);
    throw new DnsChallengeError(ours, `${request.doing}: Route 53 was asked too often: ${text}`, {
      status: answer.status,
      retryAfter: answer.retryAfter,
    });
  }
  const hint = ours === undefined ? undefined : hints[ours];
  throw refusalOf(answer, `${code ?? ''} ${message}`, {
    ...(ours === undefined ? {} : { code: ours }),
    ...(hint === undefined ? {} : { hint }),
  });
}

/** What Route 53 says when the records are not those that were to be replaced. */
function isOvertaken(text: string): boolean {
  return /already exists|was not found|do not match the current values/.test(text);
}

/** @see https://docs.aws.amazon.com/general/latest/gr/r53.html */
function partitionOf(region: string): { readonly endpoint: string; readonly signingRegion: string } {
  if (region.startsWith('cn-')) {
    return { endpoint: 'https://route53.amazonaws.com.cn', signingRegion: 'cn-northwest-1' };
  }
  if (region.startsWith('us-gov-')) {
    return { endpoint: 'https://route53.us-gov.amazonaws.com', signingRegion: 'us-gov-west-1' };
  }
  return { endpoint: 'https://route53.amazonaws.com', signingRegion: 'us-east-1' };
}
