import { X509Certificate } from 'node:crypto';
import { expect, test } from '@jest/globals';
import { AcmeError } from './errors.ts';
import { caId } from './keys/certificate-id.ts';
import { generatePrivateKey } from './keys/private-key.ts';
import { importAccountKey } from './protocol/account-key.ts';
import { registerAccount } from './protocol/account.ts';
import type { CertificateAuthority } from './protocol/certificate-authority.ts';
import type { CertificateRecord } from './records.ts';
import { crashAt, later, signal, useIssuing, type Issuing } from './testing/issuing.ts';

const issuing = useIssuing();
const everywhere = { isServed: () => true, isGone: () => false };

/** Tries to revoke it by its own key: the CA says so when it is revoked already. */
async function wasRevoked({ connect }: Issuing, { chain, privateKey }: CertificateRecord): Promise<boolean> {
  const ca = connect();
  const url = (await ca.directory(signal)).revokeCert ?? '';
  const payload = { certificate: new X509Certificate(chain).raw.toString('base64url'), reason: 0 };
  const key = await importAccountKey(privateKey);
  const error: unknown = await ca
    .post('asking', { endpoint: 'revokeCert', url, payload, key }, signal)
    .catch((e: unknown) => e);
  return error instanceof AcmeError && error.type === 'urn:ietf:params:acme:error:alreadyRevoked';
}

async function kept({ memory, id }: Issuing): Promise<CertificateRecord> {
  const stored = await memory.store.certificates.load(id, signal);
  if (stored === undefined) throw new Error('no certificate is kept');
  return stored.record;
}

/** As an administrator's command does. */
async function condemn(test: Issuing, change: Partial<CertificateRecord> = {}): Promise<void> {
  const stored = await test.memory.store.certificates.load(test.id, signal);
  const next = { ...(await kept(test)), revokeFor: 'keyCompromise' as const, ...change };
  await test.memory.store.certificates.save(test.id, next, stored?.index ?? 0, signal);
}

test('a certificate to be revoked is replaced at once, and revoked only when the gateways have the other', async () => {
  const it = issuing();
  const { engine, names, id, connect } = it;
  const asked: string[] = [];
  const ca = connect();
  const post: CertificateAuthority['post'] = (doing, request, aborted) => {
    if (doing.startsWith('revoking')) asked.push(doing);
    return ca.post(doing, request, aborted);
  };
  const running = engine({ issuers: [{ ca: { ...ca, post } }] });
  const wish = { names, namespace: 'shop' };
  await running.run(wish, signal);
  const first = await kept(it);
  await condemn(it);
  expect(await running.revoke(everywhere, signal)).toEqual({ revoked: [], failed: [], nextAt: undefined });
  expect(await running.plan([{ ...wish, owner: 'shop/web' }], signal)).toMatchObject([
    { id, kind: 'issue', reason: 'Revoked' },
  ]);

  expect(await running.run(wish, signal)).toMatchObject({ kind: 'issued' });
  const second = await kept(it);
  expect(second.toRevoke).toMatchObject([{ serial: first.serial, reason: 'keyCompromise' }]);
  const notYet = { ...everywhere, isServed: () => false };
  expect(await running.revoke(notYet, signal)).toEqual({ revoked: [], failed: [], nextAt: expect.any(Date) });
  expect(asked).toEqual([]);
  const done = { revoked: [{ id, serial: first.serial }], failed: [], nextAt: undefined };
  expect(await running.revoke(everywhere, signal)).toEqual(done);
  expect(await wasRevoked(it, first)).toBe(true);
  expect(await kept(it)).not.toHaveProperty('toRevoke');
  expect(await running.run(wish, signal)).toMatchObject({ kind: 'not-due' });
  expect(asked).toHaveLength(1);
  expect(await wasRevoked(it, second)).toBe(false);
});

test('given a process that ended before it was noted, the next one asks again and notes it', async () => {
  const it = issuing();
  const { engine, names, memory } = it;
  const wish = { names, namespace: 'shop' };
  await engine().run(wish, signal);
  const first = await kept(it);
  await condemn(it);
  await expect(engine({ onCheckpoint: crashAt('kept') }).run(wish, signal)).rejects.toThrow('kept');
  const certificates = { ...memory.store.certificates, save: () => Promise.reject(new Error('killed')) };
  const dying = engine({ store: { ...memory.store, certificates } });
  await expect(dying.revoke(everywhere, signal)).rejects.toThrow('killed');
  expect(await wasRevoked(it, first)).toBe(true);
  // It is told that this one is revoked already.
  expect(await engine().revoke(everywhere, signal)).toMatchObject({ revoked: [{ serial: first.serial }] });
  expect(await kept(it)).not.toHaveProperty('toRevoke');
});

test('what nobody asks for is revoked once the gateways have let it go, and never used again', async () => {
  const it = issuing();
  const { engine, names, id } = it;
  const running = engine();
  await running.run({ names, namespace: 'shop' }, signal);
  const only = await kept(it);
  await condemn(it, { unwantedSince: new Date().toISOString() });
  expect(await running.revoke(everywhere, signal)).toMatchObject({ revoked: [] });
  expect(await running.revoke({ ...everywhere, isGone: () => true }, signal)).toMatchObject({ revoked: [{ id }] });
  expect(await wasRevoked(it, only)).toBe(true);
  expect(await running.revoke({ ...everywhere, isGone: () => true }, signal)).toMatchObject({ revoked: [] });
  expect(await running.run({ names, namespace: 'shop' }, signal)).toMatchObject({ kind: 'issued' });
  expect(await kept(it)).not.toHaveProperty('toRevoke');
});

test('a certificate that another account obtained is revoked by its own key', async () => {
  const it = issuing();
  const { engine, names, memory, connect } = it;
  await engine().run({ names, namespace: 'shop' }, signal);
  const first = await kept(it);
  const [account] = await memory.store.accounts.list(signal);
  const privateKey = await generatePrivateKey();
  const url = await registerAccount(connect(), await importAccountKey(privateKey), { contact: [] }, signal);
  const other = { ...(account?.record ?? fail('no account')), privateKey, url };
  await memory.store.accounts.save(caId(it.pebble.directoryUrl), other, account?.index ?? 0, signal);
  await condemn(it);
  const running = engine();
  expect(await running.run({ names, namespace: 'shop' }, signal)).toMatchObject({ kind: 'issued' });
  expect(await running.revoke(everywhere, signal)).toMatchObject({ revoked: [{ serial: first.serial }], failed: [] });
  expect(await wasRevoked(it, first)).toBe(true);
});

test('a CA that is away is asked again later; what has ended meanwhile needs no asking', async () => {
  const it = issuing();
  const { engine, names, connect } = it;
  await engine().run({ names, namespace: 'shop' }, signal);
  await condemn(it);
  await engine().run({ names, namespace: 'shop' }, signal);
  const ca: CertificateAuthority = {
    ...connect(),
    post: (doing) => Promise.reject(new AcmeError('UNREACHABLE', `${doing}: no answer`)),
  };
  const away = engine({ issuers: [{ ca }] });
  expect(await away.revoke(everywhere, signal)).toMatchObject({ revoked: [], failed: [{ code: 'UNREACHABLE' }] });
  expect(await away.revoke(everywhere, signal)).toMatchObject({ failed: [], nextAt: expect.any(Date) });
  const aYearLater = engine({ issuers: [{ ca }], clock: later(365 * 86_400_000) });
  expect(await aYearLater.revoke(everywhere, signal)).toEqual({ revoked: [], failed: [], nextAt: undefined });
  expect(await kept(it)).not.toHaveProperty('toRevoke');
});

function fail(message: string): never {
  throw new Error(message);
}
