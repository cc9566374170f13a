import { AcmeError } from '../errors.ts';
import { TOKEN, type Authorization, type Challenge, type Order } from '../protocol/resources.ts';
import type { DnsChallenges, PersistAccount, PersistAnswer, PersistChallenges } from '../ports.ts';
import type { ChallengeRecord, SavedChallenge } from '../records.ts';
import type { RunContext } from './run-context.ts';
import { authorizing, type Placed, type SavedOrder } from './saved-order.ts';
import { StoreRefused } from './store-refused.ts';

const DAY_MS = 86_400_000;

interface OpenChallenge extends SavedChallenge {
  /** False when an earlier run has told the CA already. */
  readonly isUnanswered: boolean;
  readonly expiresAt: string;
  /** As the CA names it and our account for DNS-PERSIST-01. */
  readonly issuerDomains: readonly string[];
  readonly account: PersistAccount;
}

/**
 * Makes our answers to all open challenges of an order readable, and only then tells the CA to look. What an earlier run did is read
 * from the CA and the store, and done again only where that is harmless.
 */
export async function authorize(saved: SavedOrder, record: Placed, order: Order, context: RunContext): Promise<void> {
  const { account, dns, persist, signal, epoch } = context;
  const authorizations = await Promise.all(order.authorizations.map((url) => account.authorization(url, signal)));
  for (const authorization of authorizations) refuseEnded(authorization);
  const hashPrefix = persist === undefined ? undefined : await account.hashPrefix(signal);
  const open = authorizations.flatMap((each) => openChallenge(each, record.names, hashPrefix, context));

  // A record that stays is nobody's to be removed, so there is nothing to remember of it.
  const ours = persist === undefined ? open : [];
  const challenges = ours.map(({ host, url, token }): SavedChallenge => {
    return { host, url, token, ...(dns !== undefined && { keyAuthorization: `${token}.${account.thumbprint}` }) };
  });
  const known =
    record.step === 'authorizing' ? new Map(record.challenges.map((each) => [each.token, each])) : undefined;
  const isKnown = ({ token, keyAuthorization }: SavedChallenge) =>
    known?.has(token) === true && known.get(token)?.keyAuthorization === keyAuthorization;
  if (known === undefined || !challenges.every(isKnown)) {
    await saved.save(authorizing(record, challenges, epoch), signal);
  }
  await context.reach('tokens-saved', record.id);

  const answers = ours.map(({ host, token, expiresAt }): ChallengeRecord => {
    return { host, token, keyAuthorization: `${token}.${account.thumbprint}`, expiresAt, epoch };
  });
  if (persist !== undefined) await findInDns(open, record, persist, context);
  else if (dns !== undefined) await showInDns(answers, record, dns, context);
  else await showByHttp(answers, record, context);
  await context.reach('responders-ready', record.id);

  const unanswered = open.filter(({ isUnanswered }) => isUnanswered);
  await Promise.all(unanswered.map(({ url }) => account.answerChallenge(url, signal)));
  await context.reach('challenges-answered', record.id);
}

async function showByHttp(answers: readonly ChallengeRecord[], record: Placed, context: RunContext): Promise<void> {
  const { store, readiness, signal } = context;
  if (answers.length > 0 && (await store.challenges.publish(answers, signal)) === 'lost-leadership') {
    throw new StoreRefused('lost-leadership');
  }
  await context.reach('challenges-published', record.id);
  await readiness.ready(answers, signal).catch((cause: unknown) => {
    signal.throwIfAborted();
    const hint = 'see whether all replicas run and can read the store';
    throw notReady(`waiting until every replica answers for ${record.names.join(', ')}`, cause, hint);
  });
}

async function showInDns(
  answers: readonly ChallengeRecord[],
  record: Placed,
  dns: DnsChallenges,
  context: RunContext,
): Promise<void> {
  const { signal } = context;
  await dns
    .present(answers, signal)
    .catch((cause: unknown) =>
      failInDns(`setting the DNS records that prove ${record.names.join(', ')}`, cause, signal),
    );
  await context.reach('challenges-published', record.id);
}

async function findInDns(
  answers: readonly PersistAnswer[],
  record: Placed,
  persist: PersistChallenges,
  context: RunContext,
): Promise<void> {
  const { signal } = context;
  await persist
    .ready(answers, signal)
    .catch((cause: unknown) => failInDns(`looking for the DNS records of ${record.names.join(', ')}`, cause, signal));
  await context.reach('challenges-published', record.id);
}

/** What hinders a record is told in its own words. */
function failInDns(doing: string, cause: unknown, signal: AbortSignal): never {
  signal.throwIfAborted();
  const why = cause instanceof Error ? `: ${cause.message}` : '';
  const hint = cause instanceof Error && 'hint' in cause && typeof cause.hint === 'string' ? cause.hint : undefined;
  throw notReady(`${doing}${why}`, cause, hint);
}

function notReady(doing: string, cause: unknown, hint: string | undefined): AcmeError {
  return new AcmeError('NOT_READY', doing, { cause, hint });
}

/** An order with such an authorization comes to nothing, whatever its own status says; another order gets others. */
function refuseEnded({ status, identifier }: Authorization): void {
  if (status !== 'expired' && status !== 'revoked' && status !== 'deactivated') return;
  throw new AcmeError('ORDER_LOST', `proving ${identifier.value}: the CA’s authorization is ${status}`);
}

/** The challenge of an authorization that is not decided yet, of the one kind that can be answered. */
function openChallenge(
  authorization: Authorization,
  names: readonly string[],
  hashPrefix: string | undefined,
  { account, clock, dns, persist }: RunContext,
): OpenChallenge[] {
  if (authorization.status !== 'pending') return [];
  const name = authorization.identifier.value.toLowerCase();
  const host = authorization.wildcard === true ? `*.${name}` : name;
  const wanted = persist !== undefined ? 'dns-persist-01' : dns !== undefined ? 'dns-01' : 'http-01';
  const doing = `choosing a challenge for ${host}`;
  if (!names.includes(host)) throw new AcmeError('CA_BROKEN', `${doing}: the name was not ordered`);
  const challenge = authorization.challenges.find(({ type }) => type === wanted);
  if (challenge === undefined) throw new AcmeError('REFUSED', `${doing}: the CA offers no ${wanted}`);
  const issuerDomains = challenge.issuerDomainNames ?? challenge['issuer-domain-names'] ?? [];
  if (persist !== undefined && issuerDomains.length === 0) {
    throw new AcmeError('CA_BROKEN', `${doing}: the CA does not say by which name a record is to call it`);
  }
  const expiresAt = authorization.expires ?? new Date(clock.now().getTime() + DAY_MS);
  return [
    {
      host,
      url: challenge.url,
      token: persist === undefined ? checkedToken(doing, challenge) : '',
      issuerDomains,
      account: persistAccount(doing, challenge, hashPrefix, account),
      isUnanswered: challenge.status === 'pending',
      expiresAt: new Date(expiresAt).toISOString(),
    },
  ];
}

/** A CA of the draft's second version on tells its names in another spelling, and wants the account hashed. */
function persistAccount(
  doing: string,
  { issuerDomainNames, accounturi }: Challenge,
  prefix: string | undefined,
  { url, thumbprint, formerThumbprints }: RunContext['account'],
): PersistAccount {
  if (issuerDomainNames === undefined) return { uri: accounturi ?? url };
  if (prefix === undefined)
    throw new AcmeError('CA_BROKEN', `${doing}: the CA does not say how a hashed account begins`);
  return { uri: url, hashed: { prefix, thumbprints: [thumbprint, ...formerThumbprints] } };
}

function checkedToken(doing: string, { token = '' }: Challenge): string {
  if (!TOKEN.test(token))
    throw new AcmeError('REFUSED', `${doing}: the CA's token is not 16 to 128 characters of base64url`);
  return token;
}
