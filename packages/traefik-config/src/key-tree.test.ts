import { expect, test } from '@jest/globals';
import { challengeAndRedirect } from './challenge-and-redirect.ts';
import { certificateKeys, configOf, keysOf } from './key-tree.ts';
import type { TraefikConfig } from './schema.ts';

const published = challengeAndRedirect({ challengeUrl: 'http://acme-controller:8402', entryPoint: 'web' });
const certFile = '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n';
const keyFile = '-----BEGIN PRIVATE KEY-----\nBBBB\n-----END PRIVATE KEY-----\n';

test('the challenge route and the redirect become these keys', () => {
  expect(Object.fromEntries(keysOf(published, 'traefik'))).toEqual({
    'traefik/http/routers/acme-challenge/rule': 'PathPrefix(`/.well-known/acme-challenge/`)',
    'traefik/http/routers/acme-challenge/entryPoints/0': 'web',
    'traefik/http/routers/acme-challenge/middlewares/0': 'acme-challenge-resend',
    'traefik/http/routers/acme-challenge/middlewares/1': 'acme-challenge-retry',
    'traefik/http/routers/acme-challenge/service': 'acme-challenge',
    'traefik/http/routers/acme-challenge/priority': '1000000',
    'traefik/http/routers/https-redirect/rule': 'PathPrefix(`/`)',
    'traefik/http/routers/https-redirect/entryPoints/0': 'web',
    'traefik/http/routers/https-redirect/middlewares/0': 'https-redirect',
    'traefik/http/routers/https-redirect/service': 'noop@internal',
    'traefik/http/routers/https-redirect/priority': '10',
    'traefik/http/services/acme-challenge/loadBalancer/servers/0/url': 'http://acme-controller:8402',
    'traefik/http/services/acme-challenge/loadBalancer/serversTransport': 'acme-challenge',
    'traefik/http/serversTransports/acme-challenge/maxIdleConnsPerHost': '-1',
    'traefik/http/serversTransports/acme-challenge/forwardingTimeouts/dialTimeout': '1s',
    'traefik/http/serversTransports/acme-challenge/forwardingTimeouts/responseHeaderTimeout': '2500ms',
    'traefik/http/middlewares/acme-challenge-resend/buffering/maxRequestBodyBytes': '1024',
    'traefik/http/middlewares/acme-challenge-resend/buffering/retryExpression':
      '(IsNetworkError() || ResponseCode() == 503) && Attempts() < 4',
    'traefik/http/middlewares/acme-challenge-retry/retry/attempts': '4',
    'traefik/http/middlewares/acme-challenge-retry/retry/initialInterval': '50ms',
    'traefik/http/middlewares/https-redirect/redirectScheme/scheme': 'https',
    'traefik/http/middlewares/https-redirect/redirectScheme/permanent': 'true',
  });
});

test('given another port for HTTPS, the redirect names it', () => {
  const keys = keysOf(
    challengeAndRedirect({ challengeUrl: 'http://a:1', entryPoint: 'web', httpsPort: 8443 }),
    'traefik',
  );
  expect(keys.get('traefik/http/middlewares/https-redirect/redirectScheme/port')).toBe('8443');
});

test('what was written is read back the same, with its types', () => {
  const config: TraefikConfig = { ...published, tls: { certificates: { c1f0: { certFile, keyFile } } } };
  expect(configOf(keysOf(config, 'traefik'), 'traefik')).toEqual(config);
  expect(keysOf(config, 'traefik').get(certificateKeys('c1f0', 'traefik').certFile)).toBe(certFile);
  expect(keysOf(config, 'traefik').get(certificateKeys('c1f0', 'traefik').keyFile)).toBe(keyFile);
});

const router = { rule: 'Host(`a.example.com`)', service: 'noop@internal' };

test.each<{ given: string; config: unknown; says: RegExp }>([
  { given: 'an unknown section', config: { tcp: {} }, says: /tcp/ },
  {
    given: 'an unknown field',
    config: { http: { routers: { a: { ...router, observability: {} } } } },
    says: /routers\/a.*observability/,
  },
  { given: 'a name in upper case', config: { http: { routers: { A: router } } }, says: /routers\/A/ },
  { given: 'a number as a name', config: { http: { routers: { 12: router } } }, says: /routers\/12/ },
  { given: 'a slash in a name', config: { http: { routers: { 'a/b': router } } }, says: /a\/b/ },
  {
    given: 'a service that is not there',
    config: { http: { routers: { a: { ...router, service: 'b' } } } },
    says: /a\/service: no service/,
  },
  {
    given: 'a middleware that is not there',
    config: { http: { routers: { a: { ...router, middlewares: ['b'] } } } },
    says: /no middleware/,
  },
  {
    given: 'a rule with an open backtick',
    config: { http: { routers: { a: { ...router, rule: 'Host(`a' } } } },
    says: /a\/rule/,
  },
  {
    given: 'a rule with a matcher of its own',
    config: { http: { routers: { a: { ...router, rule: 'ClientIP(`0.0.0.0`)' } } } },
    says: /a\/rule/,
  },
  {
    given: 'a rule of two lines',
    config: { http: { routers: { a: { ...router, rule: 'Host(`a.b`)\n' } } } },
    says: /a\/rule/,
  },
  {
    given: 'eleven entry points',
    config: { http: { routers: { a: { ...router, entryPoints: Array(11).fill('web') } } } },
    says: /entryPoints/,
  },
  {
    given: 'a server that is no URL',
    config: { http: { services: { a: { loadBalancer: { servers: [{ url: 'file:///x' }] } } } } },
    says: /url/,
  },
  {
    given: 'a path for a certificate',
    config: { tls: { certificates: { a: { certFile: '/etc/passwd', keyFile } } } },
    says: /a\/certFile: use/,
  },
  {
    given: 'a certificate without its key',
    config: { tls: { certificates: { a: { certFile } } } },
    says: /a\/keyFile/,
  },
  {
    given: 'a number for a certificate',
    config: { tls: { certificates: { 7: { certFile, keyFile } } } },
    says: /certificates\/7/,
  },
])('given $given, nothing is written', ({ config, says }) => {
  expect(() => keysOf(config as TraefikConfig, 'traefik')).toThrow(says);
});

test.each<{ given: string; keys: Record<string, string>; says: RegExp }>([
  { given: 'a key outside the root', keys: { 'gatefleet/leader': '' }, says: /not below traefik/ },
  {
    given: 'a key that is a value and a branch',
    keys: { 'traefik/tls': 'x', 'traefik/tls/certificates': '' },
    says: /below a key/,
  },
  {
    given: 'the same in the other order',
    keys: { 'traefik/tls/certificates/a/certFile': certFile, 'traefik/tls': 'x' },
    says: /a value and keys/,
  },
  { given: 'a prototype', keys: { 'traefik/__proto__/x': '1' }, says: /__proto__/ },
  {
    given: 'a word for a number',
    keys: {
      'traefik/http/routers/a/rule': router.rule,
      'traefik/http/routers/a/service': 'noop@internal',
      'traefik/http/routers/a/priority': 'high',
    },
    says: /priority/,
  },
])('given $given, the tree is refused', ({ keys, says }) => {
  expect(() => configOf(new Map(Object.entries(keys)), 'traefik')).toThrow(says);
});

test('an error about a certificate does not show its key', () => {
  const config = { tls: { certificates: { a: { certFile: 'x', keyFile: 'SECRET' } } } };
  expect(() => keysOf(config, 'traefik')).toThrow(
    expect.objectContaining({ message: expect.not.stringContaining('SECRET') }),
  );
});

test.each(['', '7', 'A', 'a/b', '../a', 'a'.repeat(65)])('%j is no place for a certificate', (id) => {
  expect(() => certificateKeys(id, 'traefik')).toThrow('cannot be its name');
});
