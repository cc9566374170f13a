import type { ServerResponse } from 'node:http';
import { expect, test } from '@jest/globals';
import { createEngine, type EngineOptions } from './engine.ts';
import { systemClock } from './clock.ts';
import { certificateId } from './keys/certificate-id.ts';
import type { PersistAnswer, PersistChallenges, Preflight } from './ports.ts';
import { connectCa } from './protocol/certificate-authority.ts';
import { createMemoryAcme } from './testing/memory-store.ts';
import { startScriptedCa, type ScriptedCa } from './testing/scripted-ca.ts';

const { signal } = new AbortController();
const name = 'a.example.org';
const goodToken = 'LoqXcYV8q5ONbJQxbmR7SCTNo3tiAXDfowyjxAjEuX0';

interface Answers {
  readonly token?: string;
  readonly host?: string;
  readonly type?: string;
  readonly status?: string;
  /** Of the challenge, besides. */
  readonly extra?: object;
  readonly meta?: object;
  readonly onNewOrder?: (response: ServerResponse) => void;
}

/** A CA that makes an account and an order with one authorization, as far as the test lets it. */
function startCa({
  token = goodToken,
  host = name,
  type = 'http-01',
  status = 'pending',
  extra = {},
  meta = {},
  onNewOrder,
}: Answers): Promise<ScriptedCa> {
  return startScriptedCa((request, response) => {
    const origin = new URL(request.protected.url).origin;
    const identifier = { type: 'dns', value: host };
    const created = (path: string, body: object) =>
      response.writeHead(201, { location: `${origin}${path}` }).end(JSON.stringify(body));
    if (request.path === '/newAccount') return created('/account/1', { status: 'valid' });
    if (request.path === '/newOrder' && onNewOrder !== undefined) return onNewOrder(response);
    if (request.path === '/newOrder') {
      const urls = { authorizations: [`${origin}/authorization/1`], finalize: `${origin}/finalize/1` };
      return created('/order/1', { status: 'pending', identifiers: [identifier], ...urls });
    }
    const challenge = { type, url: `${origin}/challenge/1`, status: 'pending', token, ...extra };
    return response.end(JSON.stringify({ status, identifier, challenges: [challenge] }));
  }, meta);
}

function start({ origin, caBundle }: ScriptedCa, more: Partial<EngineOptions> = {}) {
  const memory = createMemoryAcme();
  const ca = connectCa({ directoryUrl: `${origin}/dir`, caBundle });
  const readiness = { ready: () => Promise.reject(new Error('not in this test')) };
  const { store, publisher } = memory;
  const options = { issuers: [{ ca }], store, publisher, readiness, epoch: 1, random: () => 0, ...more };
  return { store, engine: createEngine(options) };
}

test.each([
  ['a way out of the path', '../../../../traefik/http/routers/x'],
  ['an encoded one', '%2e%2e%2ftraefik%2fx-0123456789'],
  ['a key below another', 'abcdefghijklmnop/qrstuvwxyz'],
  ['a line break', 'abcdefghijklmnop\nqrstuvwxyz'],
  ['too short to be secret', 'abc'],
  ['longer than any', 'a'.repeat(129)],
  ['nothing', ''],
])('given a token that is %s, the attempt fails and nothing is published', async (_, token) => {
  await using ca = await startCa({ token });
  const { engine, store } = start(ca);
  expect(await engine.run({ names: [name], namespace: 'shop' }, signal)).toMatchObject({
    kind: 'failed',
    problem: { code: 'REFUSED' },
  });
  expect(await store.challenges.list(signal)).toEqual([]);
  expect(ca.received.some(({ path }) => path === '/challenge/1')).toBe(false);
});

test('given a good token, it is published for its host with our thumbprint, before the CA is told', async () => {
  await using ca = await startCa({});
  const { engine, store } = start(ca);
  expect(await engine.run({ names: [name], namespace: 'shop' }, signal)).toMatchObject({
    kind: 'postponed',
    problem: { code: 'NOT_READY' },
  });
  const keyAuthorization = expect.stringMatching(new RegExp(`^${goodToken}\\.[A-Za-z0-9_-]{43}$`));
  expect(await store.challenges.list(signal)).toMatchObject([{ token: goodToken, host: name, keyAuthorization }]);
  expect(ca.received.some(({ path }) => path === '/challenge/1')).toBe(false);
});

test('given an authorization for a host that was not ordered, nothing is published', async () => {
  await using ca = await startCa({ host: 'b.example.org' });
  const { engine, store } = start(ca);
  expect(await engine.run({ names: [name], namespace: 'shop' }, signal)).toMatchObject({
    kind: 'postponed',
    problem: { code: 'CA_BROKEN' },
  });
  expect(await store.challenges.list(signal)).toEqual([]);
});

test('given a CA without HTTP-01 for the name, the attempt fails and says so', async () => {
  await using ca = await startCa({ type: 'dns-01' });
  const outcome = await start(ca).engine.run({ names: [name], namespace: 'shop' }, signal);
  expect(outcome).toMatchObject({ kind: 'failed', problem: { message: expect.stringContaining('offers no http-01') } });
});

const accountHashPrefix = 'https://ca.example/hash/';
test.each([
  {
    given: 'the draft’s first version',
    extra: { 'issuer-domain-names': ['ca.example'] },
    meta: { accountHashPrefix },
    account: { uri: expect.stringMatching(/\/account\/1$/) },
  },
  {
    given: 'the first version, with an account of the CA’s own wording',
    extra: { 'issuer-domain-names': ['ca.example'], accounturi: 'acct:7' },
    account: { uri: 'acct:7' },
  },
  {
    given: 'the second version',
    extra: { issuerDomainNames: ['ca.example'] },
    meta: { accountHashPrefix },
    account: {
      uri: expect.stringMatching(/\/account\/1$/),
      hashed: { prefix: accountHashPrefix, thumbprints: [expect.stringMatching(/^[\w-]{43}$/)] },
    },
  },
  { given: 'the second version without a prefix', extra: { issuerDomainNames: ['ca.example'] }, code: 'CA_BROKEN' },
  { given: 'no name of the CA', extra: { issuerDomainNames: [] }, meta: { accountHashPrefix }, code: 'CA_BROKEN' },
])('given dns-persist-01 of $given, records are looked for that name the account as the CA wants it', async (row) => {
  await using ca = await startCa({ type: 'dns-persist-01', ...row });
  const looked: PersistAnswer[] = [];
  const persist: PersistChallenges = {
    async ready(answers) {
      looked.push(...answers);
      throw new Error('there is none');
    },
  };
  const outcome = await start(ca, { persist }).engine.run({ names: [name], namespace: 'shop' }, signal);
  expect(outcome).toMatchObject({ kind: 'postponed', problem: { code: row.code ?? 'NOT_READY' } });
  const answer = { host: name, issuerDomains: ['ca.example'], account: row.account };
  expect(looked).toEqual(row.account === undefined ? [] : [expect.objectContaining(answer)]);
});

test.each(['expired', 'revoked', 'deactivated'])(
  'given an authorization that is %s, the order is given up for another one with the same key, once',
  async (status) => {
    await using ca = await startCa({ status });
    const { engine, store } = start(ca);
    const keys = new Set<unknown>();
    const { save } = store.orders;
    store.orders.save = (id, record, ...rest) => {
      if ('privateKey' in record) keys.add(record.privateKey);
      return save(id, record, ...rest);
    };
    expect(await engine.run({ names: [name], namespace: 'shop' }, signal)).toMatchObject({
      kind: 'failed',
      problem: { code: 'ORDER_LOST', message: expect.stringContaining(`${name}: the CA’s authorization is ${status}`) },
    });
    expect(ca.received.filter(({ path }) => path === '/newOrder')).toHaveLength(2);
    expect(keys.size).toBe(1);
    expect(ca.received.some(({ path }) => path === '/challenge/1')).toBe(false);
  },
);

test('given a rate limit, the same order waits as long as the CA says, and keeps its key', async () => {
  const onNewOrder = (response: ServerResponse) =>
    response
      .writeHead(429, { 'retry-after': '7200' })
      .end(JSON.stringify({ type: 'urn:ietf:params:acme:error:rateLimited' }));
  await using ca = await startCa({ onNewOrder });
  const { engine, store } = start(ca);
  const outcome = await engine.run({ names: [name], namespace: 'shop' }, signal);
  expect(outcome).toMatchObject({ kind: 'postponed', problem: { code: 'RATE_LIMITED' } });
  const inAnHour = new Date(Date.now() + 3_600_000);
  expect(outcome.kind === 'postponed' && outcome.retryAt > inAnHour).toBe(true);
  const saved = (await store.orders.load(certificateId([name]), signal))?.record;
  expect(saved).toMatchObject({ step: 'prepared', postponed: 0, failures: 0 });
  expect(await engine.run({ names: [name], namespace: 'shop' }, signal)).toMatchObject({ kind: 'not-due' });
});

test.each([
  { header: { 'retry-after': '9' }, says: 'until when', leastMs: 8_000, mostMs: 50_000 },
  { header: {}, says: 'not until when', leastMs: 54_000, mostMs: 60_000 },
])(
  'given a rate limit that says $says, the order waits $leastMs to $mostMs ms',
  async ({ header, leastMs, mostMs }) => {
    const nowMs = Math.floor(Date.now() / 1000) * 1000;
    const problem = JSON.stringify({ type: 'urn:ietf:params:acme:error:rateLimited' });
    await using ca = await startCa({ onNewOrder: (response) => response.writeHead(429, header).end(problem) });
    const { engine } = start(ca, { clock: { ...systemClock, now: () => new Date(nowMs) } });
    const outcome = await engine.run({ names: [name], namespace: 'shop' }, signal);
    const waitMs = outcome.kind === 'postponed' ? outcome.retryAt.getTime() - nowMs : undefined;
    expect(waitMs).toBeGreaterThanOrEqual(leastMs);
    expect(waitMs).toBeLessThanOrEqual(mostMs);
  },
);

test('given a CA that is not there, the order waits, and the account key is kept for later', async () => {
  const ca = await startCa({});
  await ca[Symbol.asyncDispose]();
  const { engine, store } = start(ca);
  expect(await engine.run({ names: [name], namespace: 'shop' }, signal)).toMatchObject({
    kind: 'postponed',
    problem: { code: 'UNREACHABLE' },
  });
  expect(await store.accounts.list(signal)).toMatchObject([
    { record: { privateKey: expect.stringContaining('PRIVATE KEY') } },
  ]);
});

test.each([[[]], [['*.example.org']], [[name, '../x']], [['a.example.org', 'a b.example.org']]])(
  'given names %j, nothing is read, written or asked',
  async (names) => {
    await using ca = await startCa({});
    const { engine, store } = start(ca);
    await expect(engine.run({ names, namespace: 'shop' }, signal)).rejects.toMatchObject({ code: 'BAD_NAME' });
    expect(await store.orders.list(signal)).toEqual([]);
    expect(ca.received).toEqual([]);
  },
);

test('no error and no outcome carries a key or a token', async () => {
  await using ca = await startCa({ token: `${goodToken}/../x` });
  const { engine, store } = start(ca);
  const outcome = JSON.stringify(await engine.run({ names: [name], namespace: 'shop' }, signal));
  expect(outcome).not.toContain(goodToken);
  expect(outcome).not.toContain('PRIVATE KEY');
  const account = (await store.accounts.list(signal))[0]?.record;
  expect(outcome).not.toContain(account?.privateKey.split('\n')[1]);
});

test('given names that lead elsewhere, the CA is not asked, and they are looked at again once a while has gone by', async () => {
  await using ca = await startCa({});
  let isHere = false;
  let nowMs = Date.parse('2026-01-01T00:00:00Z');
  const looked: string[] = [];
  const preflight: Preflight = {
    async look(host) {
      looked.push(host);
      if (isHere || host === name) return { kind: 'here' };
      return { kind: 'elsewhere', reason: `${host} has no address`, hint: 'give it one' };
    },
  };
  const clock = { ...systemClock, now: () => new Date(nowMs) };
  const { engine } = start(ca, { preflight, clock });
  const wish = { names: [name, 'b.example.org'], namespace: 'shop' };
  const first = await engine.run(wish, signal);
  expect(first).toEqual({
    kind: 'elsewhere',
    problem: { code: 'HOST_ELSEWHERE', message: 'b.example.org has no address', hint: 'give it one' },
    retryAt: new Date(nowMs + 2_000),
  });
  expect(await engine.run(wish, signal)).toMatchObject({ kind: 'not-due' });
  nowMs += 2_000;
  expect(await engine.run(wish, signal)).toMatchObject({ kind: 'elsewhere', retryAt: new Date(nowMs + 4_000) });
  expect(ca.received).toEqual([]);
  expect(looked.filter((host) => host === name)).toHaveLength(2);

  nowMs += 4_000;
  isHere = true;
  await engine.run(wish, signal);
  expect(ca.received.some(({ path }) => path === '/newOrder')).toBe(true);
});

test('given more astray than fit into a message, some are told and the others counted', async () => {
  await using ca = await startCa({});
  const preflight: Preflight = { look: async (host) => ({ kind: 'elsewhere', reason: `${host} is away`, hint: 'x' }) };
  const { engine } = start(ca, { preflight });
  const names = ['a', 'b', 'c', 'd', 'e'].map((label) => `${label}.example.org`);
  expect(await engine.run({ names, namespace: 'shop' }, signal)).toMatchObject({
    problem: {
      message: 'a.example.org is away; b.example.org is away; c.example.org is away; and 2 more hosts lead elsewhere',
    },
  });
});

test('given a certificate that is due again, its names are not looked at', async () => {
  await using ca = await startCa({});
  const looked: string[] = [];
  const preflight: Preflight = { look: async (host) => (looked.push(host), { kind: 'here' }) };
  const { engine, store } = start(ca, { preflight });
  const certificate = {
    ca: `${ca.origin}/dir`,
    epoch: 1,
    id: certificateId([name]),
    names: [name],
    privateKey: 'key',
    chain: 'chain',
    serial: '01',
    notBefore: '2020-01-01T00:00:00Z',
    notAfter: '2020-03-01T00:00:00Z',
  };
  await store.certificates.save(certificate.id, certificate, 0, signal);
  expect(await engine.plan([{ names: [name], owner: 'shop/web', namespace: 'shop' }], signal)).toMatchObject([
    { kind: 'issue', reason: 'Due' },
  ]);
  await engine.run({ names: [name], namespace: 'shop' }, signal).catch(() => undefined); // its chain is none
  expect(looked).toEqual([]);
});
