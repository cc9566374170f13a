import { AcmeError } from '../errors.ts';
import { TOKEN, type Authorization, type Challenge, type Order } from '../protocol/resources.ts';
import type { ChallengeRecord, SavedChallenge } from '../records.ts';
import type { RunContext } from './run-context.ts';
import { authorizing, type Placed, type SavedOrder } from './saved-order.ts';
import { StoreRefused } from './store-refused.ts';

const DAY_MS = 86_400_000;

interface OpenChallenge extends SavedChallenge {
  /** False when an earlier run has told the CA already. */
  readonly isUnanswered: boolean;
  readonly expiresAt: string;
}

/**
 * Makes our answers to all open challenges of an order readable, and only then tells the CA to look. What an earlier run did is read
 * from the CA and the store, and done again only where that is harmless.
 */
export async function authorize(saved: SavedOrder, record: Placed, order: Order, context: RunContext): Promise<void> {
  const { account, store, readiness, signal, epoch } = context;
  const authorizations = await Promise.all(order.authorizations.map((url) => account.authorization(url, signal)));
  const open = authorizations.flatMap((authorization) => openChallenge(authorization, record.names, context));

  const challenges = open.map(({ host, url, token }) => ({ host, url, token }));
  const known = record.step === 'authorizing' ? new Set(record.challenges.map(({ token }) => token)) : undefined;
  if (known === undefined || challenges.some(({ token }) => !known.has(token))) {
    await saved.save(authorizing(record, challenges, epoch), signal);
  }
  await context.reach('tokens-saved', record.id);

  const answers = open.map(({ host, token, expiresAt }): ChallengeRecord => {
    return { host, token, keyAuthorization: `${token}.${account.thumbprint}`, expiresAt, epoch };
  });
  if (answers.length > 0 && (await store.challenges.publish(answers, signal)) === 'lost-leadership') {
    throw new StoreRefused('lost-leadership');
  }
  await context.reach('challenges-published', record.id);

  await readiness.ready(answers, signal).catch((cause: unknown) => {
    signal.throwIfAborted();
    const hint = 'see whether all replicas run and can read the store';
    throw new AcmeError('NOT_READY', `waiting until every replica answers for ${record.names.join(', ')}`, {
      cause,
      hint,
    });
  });
  await context.reach('responders-ready', record.id);

  const unanswered = open.filter(({ isUnanswered }) => isUnanswered);
  await Promise.all(unanswered.map(({ url }) => account.answerChallenge(url, signal)));
  await context.reach('challenges-answered', record.id);
}

/** The HTTP-01 challenge of an authorization that is not decided yet. */
function openChallenge(authorization: Authorization, names: readonly string[], { clock }: RunContext): OpenChallenge[] {
  if (authorization.status !== 'pending') return [];
  const host = authorization.identifier.value.toLowerCase();
  const doing = `choosing a challenge for ${host}`;
  if (!names.includes(host)) throw new AcmeError('CA_BROKEN', `${doing}: the name was not ordered`);
  const challenge = authorization.challenges.find(({ type }) => type === 'http-01');
  if (challenge === undefined) throw new AcmeError('REFUSED', `${doing}: the CA offers no http-01`);
  const expiresAt = authorization.expires ?? new Date(clock.now().getTime() + DAY_MS);
  return [
    {
      host,
      url: challenge.url,
      token: checkedToken(doing, challenge),
      isUnanswered: challenge.status === 'pending',
      expiresAt: new Date(expiresAt).toISOString(),
    },
  ];
}

function checkedToken(doing: string, { token = '' }: Challenge): string {
  if (!TOKEN.test(token))
    throw new AcmeError('REFUSED', `${doing}: the CA's token is not 16 to 128 characters of base64url`);
  return token;
}
