import { AcmeError } from '../errors.ts';
import { errorFromProblem } from '../protocol/problem.ts';
import type { Authorization, Order } from '../protocol/resources.ts';
import type { RunContext } from './run-context.ts';

const HTTP_HINT = 'every name must lead to this gateway fleet on port 80, from everywhere on the Internet';
const DNS_HINT =
  'every server of the zone must show the record to everybody, and CNAMEs on the way to it must lead there';

/** Why an order came to nothing: a name that could not be proven, the CA's own reason, or else just time. */
export async function whyInvalid(url: string, order: Order, { account, signal }: RunContext): Promise<AcmeError> {
  const authorizations = await Promise.all(
    order.authorizations.map((authorization) => account.authorization(authorization, signal)),
  );
  for (const authorization of authorizations) {
    const error = challengeError(authorization);
    if (error !== undefined) return error;
  }
  if (order.error !== undefined) return errorFromProblem('REFUSED', `ordering by ${url}`, order.error);
  return new AcmeError('ORDER_LOST', `reading order ${url}: it ended without a certificate`);
}

function challengeError({ identifier, challenges }: Authorization): AcmeError | undefined {
  const failed = challenges.find(({ error }) => error !== undefined);
  if (failed?.error === undefined) return undefined;
  const token = failed.token ?? '';
  const detail = token === '' ? failed.error.detail : failed.error.detail.replaceAll(token, '<token>');
  return errorFromProblem(
    'CHALLENGE_FAILED',
    `proving ${identifier.value} by ${failed.type}`,
    { ...failed.error, detail },
    { hint: failed.type.startsWith('dns-') ? DNS_HINT : HTTP_HINT, host: identifier.value },
  );
}
