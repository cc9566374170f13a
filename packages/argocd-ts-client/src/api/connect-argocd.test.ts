import { afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { arrived } from '../testing/application.ts';
import { FakeArgoCd } from '../testing/fake-argocd.ts';
import { testCertificate, type TestCertificate } from '../testing/certificate.ts';
import { connectArgoCd } from './connect-argocd.ts';

let certificate: TestCertificate;
let fake: FakeArgoCd;
let server: string;

beforeAll(async () => {
  certificate = await testCertificate('127.0.0.1');
});
beforeEach(async () => {
  fake = new FakeArgoCd({ tls: certificate });
  server = await fake.listen();
});
afterEach(() => fake.close());

test('over TLS with the CA given, a password becomes a token, and the token reads', async () => {
  const tls = { ca: certificate.cert };
  const token = await connectArgoCd({ server, tls }).session.create('admin', 'right');
  fake.put('local', arrived());
  const argoCd = connectArgoCd({ server, tls, token: () => Promise.resolve(token) });
  expect((await argoCd.applications.list()).map(({ metadata }) => metadata?.name)).toEqual(['local']);
  expect(await argoCd.session.user()).toEqual({ name: 'admin', groups: ['ops'] });
  expect(await argoCd.version()).toBe('v3.5.7');
});

test('without the CA nothing is sent', async () => {
  await expect(connectArgoCd({ server }).version()).rejects.toMatchObject({ code: 'UNAVAILABLE' });
  expect(fake.requests).toEqual([]);
});

test('a certificate for another name is refused unless that name is expected', async () => {
  const tls = { ca: certificate.cert, serverName: 'argocd.example.org' };
  await expect(connectArgoCd({ server, tls }).version()).rejects.toMatchObject({ code: 'UNAVAILABLE' });
});

test('a wrong password is UNAUTHENTICATED, and is not in the error', async () => {
  const login = connectArgoCd({ server, tls: { ca: certificate.cert } }).session.create('admin', 'very-secret');
  const error: unknown = await login.catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ code: 'UNAUTHENTICATED' });
  expect(JSON.stringify(error) + String(error)).not.toContain('very-secret');
});

test('a name with a slash or dots stays one part of the path', async () => {
  const { applications } = connectArgoCd({ server, tls: { ca: certificate.cert }, token: fake.token });
  await expect(applications.get('../session/userinfo')).rejects.toMatchObject({ code: 'NOT_FOUND' });
});
