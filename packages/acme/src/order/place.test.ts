import { letsEncryptLimits } from '@gatefleet/ca-limits';
import { expect, test } from '@jest/globals';
import { AcmeError } from '../errors.ts';
import { certificateId } from '../keys/certificate-id.ts';
import { parseLeaf } from '../keys/certificate.ts';
import { Ledger } from '../ledger/ledger.ts';
import type { CertificateRecord } from '../records.ts';
import type { NewOrder } from '../protocol/account.ts';
import { createMemoryAcme } from '../testing/memory-store.ts';
import { createSelfSigned } from '../testing/self-signed.ts';
import { OrphanSearch } from './orphan-search.ts';
import { place } from './place.ts';
import type { RunContext } from './run-context.ts';
import { SavedOrder, type Prepared } from './saved-order.ts';

const { signal } = new AbortController();
const ca = 'https://ca.example/dir';
const names = ['a.example.com'];
const id = certificateId(names);
const day = 86_400_000;
const start = Date.parse('2026-01-01T00:00:00.000Z');
const life = { notBefore: new Date(start), notAfter: new Date(start + 90 * day) };
const { certificate, privateKey } = await createSelfSigned({ names, authorityKeyId: '01', ...life });
const chain = `${certificate}\n`;
const nameless = (await createSelfSigned({ names, ...life })).certificate;
const leaf = parseLeaf(chain);
const window = { start: '2026-03-01T00:00:00.000Z', end: '2026-03-02T00:00:00.000Z' };
const old: CertificateRecord = { ...leaf, names, ca, epoch: 1, id, chain, privateKey, window };
const { window: _none, ...unasked } = old;

const urn = 'urn:ietf:params:acme:error:';
const failed = () => new AcmeError('CA_BROKEN', 'no', { status: 500, type: `${urn}serverInternal` });
const replaced = () => new AcmeError('REFUSED', 'no', { status: 409, type: `${urn}alreadyReplaced` });
const refused = () => new AcmeError('REFUSED', 'no', { status: 403, type: `${urn}rejectedIdentifier` });
const lost = () => new AcmeError('UNREACHABLE', 'no answer');

/** A CA that answers one order after the other so, and in between says what was counted when it was asked. */
async function orderAt(
  answers: readonly (Error | 'taken')[],
  { day: today = 61, postponed = 0, record = old, isFirst = false, takesReplaces = true } = {},
) {
  const memory = createMemoryAcme();
  const { orders, certificates } = memory.store;
  if (!isFirst) await certificates.save(id, record, 0, signal);
  const clock = { now: () => new Date(start + today * day), sleep: () => Promise.resolve() };
  const ledger = await Ledger.open({ store: memory.store.ledger(ca), limits: letsEncryptLimits, clock, signal });
  const spentNow = async () => {
    const tokens = (await memory.store.ledger(ca).load(signal)).get('new-orders')?.tokens;
    return tokens === undefined ? 0 : letsEncryptLimits.newOrders.capacity - tokens;
  };
  const asked: { replaces: boolean; spent: number }[] = [];
  const account = {
    url: 'https://ca.example/acct/1',
    takesReplaces: async () => takesReplaces,
    async newOrder({ replaces }: NewOrder) {
      const answer = answers[asked.length] ?? 'taken';
      asked.push({ replaces: replaces !== undefined, spent: await spentNow() });
      if (answer !== 'taken') throw answer;
      return { url: 'https://ca.example/order/1', order: { status: 'pending' }, retryAfter: undefined };
    },
  };
  const prepared: Prepared = {
    ...{ step: 'prepared', ca, epoch: 1, id, names, startedAt: old.notBefore, failures: 0, postponed },
    ...{ privateKey: 'k', csr: 'c' },
  };
  const order = new SavedOrder(id, orders, undefined);
  await order.save(prepared, signal);
  const context = {
    ...{ account, clock, ledger, store: memory.store, directoryUrl: ca, epoch: 1, signal },
    ...{ profile: undefined, orphans: new OrphanSearch(), reach: async () => undefined },
  } as unknown as RunContext;
  const outcome = await place(order, prepared, true, context).then(
    ({ record }) => record.step,
    (error: unknown) => (error instanceof AcmeError ? error.code : error),
  );
  return { outcome, asked, spent: await spentNow() };
}

const free = { replaces: true, spent: 0 };
const counted = { replaces: false, spent: 1 };

const paid = { replaces: false, spent: 0 };

test.each<{
  given: string;
  options?: Parameters<typeof orderAt>[1];
  answers: readonly Error[];
  asked: readonly object[];
  outcome: string;
  spent: number;
}>([
  { given: 'a CA that takes it', answers: [], asked: [free], outcome: 'ordered', spent: 0 },
  {
    given: 'one that was replaced already',
    answers: [replaced()],
    asked: [free, counted],
    outcome: 'ordered',
    spent: 1,
  },
  {
    given: 'a CA that fails over it, at a late time',
    options: { day: 80 },
    answers: [failed()],
    asked: [free, counted],
    outcome: 'ordered',
    spent: 1,
  },
  {
    given: 'a CA that has failed over it three times',
    options: { postponed: 3 },
    answers: [failed()],
    asked: [free, counted],
    outcome: 'ordered',
    spent: 1,
  },
  {
    given: 'a first certificate, which was counted when it began',
    options: { isFirst: true },
    answers: [],
    asked: [paid],
    outcome: 'ordered',
    spent: 0,
  },
  {
    given: 'one that the CA told no window of, which was counted when it began',
    options: { record: unasked },
    answers: [replaced()],
    asked: [free, paid],
    outcome: 'ordered',
    spent: 0,
  },
  {
    given: 'a window that an administrator set, at a CA that knows of none',
    options: { takesReplaces: false },
    answers: [],
    asked: [counted],
    outcome: 'ordered',
    spent: 1,
  },
  {
    given: 'a certificate that does not name its issuer’s key',
    options: { record: { ...old, chain: nameless } },
    answers: [],
    asked: [counted],
    outcome: 'ordered',
    spent: 1,
  },
  {
    given: 'a CA that fails over it, with time left',
    answers: [failed()],
    asked: [free],
    outcome: 'CA_BROKEN',
    spent: 0,
  },
  {
    given: 'a CA that fails at everything',
    options: { day: 80 },
    answers: [failed(), failed()],
    asked: [free, counted],
    outcome: 'CA_BROKEN',
    spent: 0,
  },
  {
    given: 'a refusal of the second order too',
    answers: [replaced(), refused()],
    asked: [free, counted],
    outcome: 'REFUSED',
    spent: 0,
  },
  {
    given: 'an answer to the second order that is lost',
    answers: [replaced(), lost()],
    asked: [free, counted],
    outcome: 'UNREACHABLE',
    spent: 1,
  },
])(
  'given $given, what costs is counted before the CA is asked: $spent in the end',
  async ({ answers, options, asked, outcome, spent }) => {
    expect(await orderAt(answers, options)).toEqual({ outcome, asked, spent });
  },
);
