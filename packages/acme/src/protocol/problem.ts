import { z } from 'zod';
import { AcmeError, type AcmeErrorCode, type AcmeErrorDetails } from '../errors.ts';
import type { HttpResponse } from './http.ts';
import { parseRetryAfter } from './retry-after.ts';

const URN = 'urn:ietf:params:acme:error:';

/** What a CA says goes into records, logs and Events: not all of a stranger's page that it may quote. */
const MAX_TEXT = 1_000;

const Subproblem = z.object({
  type: z.string().optional(),
  detail: z.string().optional(),
  identifier: z.object({ value: z.string() }).optional(),
});

/** A problem document (RFC 7807) with the subproblems of RFC 8555, section 6.7.1. */
export const ProblemDocument = z.object({
  type: z.string().default('about:blank'),
  detail: z.string().default(''),
  subproblems: z.array(Subproblem).optional(),
});
export type ProblemDocument = z.infer<typeof ProblemDocument>;

/** The CA did not take the nonce, and did nothing: the one error after which a POST can be sent again as it is. */
export function isBadNonce(error: unknown): boolean {
  return error instanceof AcmeError && error.type === `${URN}badNonce`;
}

/** @param doing - what was under way, for the message. */
export function errorFromResponse(doing: string, response: HttpResponse, now: Date): AcmeError {
  const problem = readProblem(response.body);
  const said = problem === undefined ? `HTTP ${response.status}` : describe(problem, response.status);
  return new AcmeError(codeOf(problem?.type, response.status), `${doing}: ${said}`, {
    type: problem?.type,
    status: response.status,
    retryAfter: parseRetryAfter(response.header('retry-after'), now),
  });
}

/** For a problem that an order or a challenge carries. */
export function errorFromProblem(
  code: AcmeErrorCode,
  doing: string,
  problem: ProblemDocument,
  details: Pick<AcmeErrorDetails, 'hint' | 'host'> = {},
): AcmeError {
  return new AcmeError(code, `${doing}: ${describe(problem)}`, { type: problem.type, ...details });
}

function codeOf(type: string | undefined, status: number): AcmeErrorCode {
  if (type === `${URN}rateLimited` || status === 429) return 'RATE_LIMITED';
  if (type === `${URN}accountDoesNotExist`) return 'ACCOUNT_UNKNOWN';
  if (type === `${URN}serverInternal` || status >= 500 || status < 400) return 'CA_BROKEN';
  return 'REFUSED';
}

function describe({ type, detail, subproblems = [] }: ProblemDocument, status?: number): string {
  const name = type.startsWith(URN)
    ? type.slice(URN.length)
    : type === 'about:blank'
      ? `HTTP ${status ?? ''}`.trim()
      : type;
  const details = subproblems.map((sub) => `${sub.identifier?.value ?? 'order'}: ${sub.detail ?? sub.type ?? ''}`);
  return [`${name} ${detail}`.trim(), ...details].join('; ').slice(0, MAX_TEXT);
}

function readProblem(body: string): ProblemDocument | undefined {
  try {
    return ProblemDocument.parse(JSON.parse(body));
  } catch {
    return undefined; // the status alone says what there is to say
  }
}
