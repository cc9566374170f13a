import 'reflect-metadata';
import { webcrypto } from 'node:crypto';
import { expect, test } from '@jest/globals';
import { Pkcs10CertificateRequestGenerator } from '@peculiar/x509';
import { startFaultProxy } from './start-fault-proxy.ts';
import { ask, newOrder, signed } from './testing/ask.ts';
import { startFakeCa } from './testing/fake-ca.ts';

async function createCsr(): Promise<{ csr: string; publicKey: string }> {
  const signingAlgorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
  const keys = await webcrypto.subtle.generateKey(signingAlgorithm, true, ['sign', 'verify']);
  const request = await Pkcs10CertificateRequestGenerator.create({ keys, signingAlgorithm });
  const spki = await webcrypto.subtle.exportKey('spki', keys.publicKey);
  const base64url = (bytes: ArrayBuffer) => Buffer.from(bytes).toString('base64url');
  return { csr: base64url(request.rawData), publicKey: base64url(spki) };
}

async function open() {
  const ca = await startFakeCa();
  const proxy = await startFaultProxy({ target: ca.directoryUrl });
  const post = (path: string, body: string) => ask(proxy, path, { body });
  const close = async () => {
    await proxy.stop();
    await ca.stop();
  };
  return { proxy, journal: proxy.journal, post, [Symbol.asyncDispose]: close };
}

test('an order is followed from its request to its certificate', async () => {
  await using opened = await open();
  const { journal, post } = opened;
  const { csr, publicKey } = await createCsr();
  const identifiers = ['B.example', 'a.example', 'b.example'].map((value) => ({ type: 'dns', value }));
  await post('/order-plz', signed({ identifiers, replaces: 'aki.serial' }));
  const placed = {
    path: '/my-order/o1',
    names: ['a.example', 'b.example'],
    replaces: 'aki.serial',
    account: 'https://ca.example/my-account/1',
    placements: 1,
    status: 'ready',
    publicKeys: [],
    finalized: 0,
    certificate: undefined,
    downloads: 0,
  };
  expect(journal.orders()).toMatchObject([placed]);

  await post('/finalize-order/o1', signed({ csr }));
  await post('/finalize-order/o1', signed({ csr }));
  const issued = { status: 'valid', finalized: 1, publicKeys: [publicKey], certificate: '/certZ/o1' };
  expect(journal.orders()).toMatchObject([{ ...placed, ...issued, downloads: 0 }]);

  await post('/certZ/o1', signed());
  expect(journal.orders()).toMatchObject([{ ...placed, ...issued, downloads: 1 }]);
});

test('each set of names has its counts, however it is spelled', async () => {
  await using opened = await open();
  const { proxy, journal, post } = opened;
  const { csr } = await createCsr();
  await post('/order-plz', newOrder('a.example', 'b.example'));
  await post('/order-plz', newOrder('B.example', 'a.example'));
  await post('/order-plz', newOrder('c.example'));
  proxy.setFaults({ 'new-order': [{ rate: 1, fault: { kind: 'server-error', status: 500, body: 'page' } }] });
  await post('/order-plz', newOrder('c.example'));
  await post('/finalize-order/o2', signed({ csr }));
  await post('/my-order/o2', signed());
  await post('/certZ/o2', signed());
  await post('/certZ/o2', signed());

  const tally = { newOrdersAsked: 2, certificatesIssued: 0, certificatesDownloaded: 0 };
  const expected = [
    {
      ...tally,
      names: ['a.example', 'b.example'],
      newOrdersForwarded: 2,
      ordersPlaced: 2,
      certificatesIssued: 1,
      certificatesDownloaded: 1,
    },
    { ...tally, names: ['c.example'], newOrdersForwarded: 1, ordersPlaced: 1 },
  ];
  expect(journal.nameSets()).toEqual(expected);
  expect(journal.ofNames(['b.EXAMPLE', 'a.example'])).toEqual(expected[0]);
  expect(journal.ofNames(['d.example'])).toMatchObject({ names: ['d.example'], newOrdersAsked: 0, ordersPlaced: 0 });
});

test('what the client never got counts as issued, and not as downloaded', async () => {
  await using opened = await open();
  const { proxy, journal, post } = opened;
  const { csr } = await createCsr();
  await post('/order-plz', newOrder('a.example'));
  proxy.setFaults({
    finalize: [{ rate: 1, fault: { kind: 'reset-after' } }],
    certificate: [{ rate: 1, fault: { kind: 'truncate', framing: 'intact' } }],
  });
  await expect(post('/finalize-order/o1', signed({ csr }))).rejects.toThrow();
  await post('/certZ/o1', signed());
  expect(journal.ofNames(['a.example'])).toMatchObject({ certificatesIssued: 1, certificatesDownloaded: 0 });
  expect(journal.faultCounts()).toEqual({ 'reset-after': 1, truncate: 1 });
});

test.each([
  ['no request to certify', 'AAAA'],
  ['no text', 5],
])('a finalize with %s has no key', async (_, csr) => {
  await using opened = await open();
  await opened.post('/order-plz', newOrder('a.example'));
  await opened.post('/finalize-order/o1', signed({ csr }));
  expect(opened.journal.orders()).toMatchObject([{ publicKeys: [] }]);
});
