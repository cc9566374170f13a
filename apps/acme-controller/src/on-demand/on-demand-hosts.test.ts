import { expect, test } from '@jest/globals';
import { listen } from '../status/http-server.ts';
import { ingressFor } from '../testing/fake-kubernetes.ts';
import { askUrl } from './ask-url.ts';
import { isRoutedByWildcard } from './is-routed-by-wildcard.ts';
import { OnDemandHosts, type OnDemandHostsOptions } from './on-demand-hosts.ts';
import { requestedHost } from './requested-host.ts';

const { signal } = new AbortController();

/** Sees the hosts, and waits until all that are asked about were answered. */
async function seeing(hosts: readonly string[], options: Partial<OnDemandHostsOptions> = {}) {
  const failed: string[] = [];
  const seen = new OnDemandHosts(
    {
      domains: [],
      ask: undefined,
      limit: 100,
      isRouted: () => true,
      onAllowed: () => undefined,
      onFailed: (host) => failed.push(host),
      ...options,
    },
    signal,
  );
  for (const host of hosts) seen.see(host);
  await new Promise((resolve) => setImmediate(resolve));
  return { allowed: [...seen.allowed], failed, see: (host: string) => seen.see(host) };
}

test.each<{ given: string; options: Partial<OnDemandHostsOptions>; allowed: string[]; failed?: string[] }>([
  { given: 'no condition', options: {}, allowed: ['a.example.com', 'b.example.org'] },
  { given: 'domains', options: { domains: ['example.com'] }, allowed: ['a.example.com'] },
  { given: 'no rule', options: { isRouted: (host) => host.startsWith('b') }, allowed: ['b.example.org'] },
  { given: 'a limit', options: { limit: 1 }, allowed: ['a.example.com'] },
  { given: 'somebody who says no', options: { ask: async () => false }, allowed: [] },
  {
    given: 'domains and somebody who says yes',
    options: { domains: ['example.com'], ask: async () => true },
    allowed: ['a.example.com'],
  },
  {
    given: 'somebody who cannot be asked',
    options: { ask: async () => Promise.reject(new Error('away')) },
    allowed: [],
    failed: ['a.example.com', 'b.example.org'],
  },
])('given $given, of two hosts $allowed may be had', async ({ options, allowed, failed = [] }) => {
  expect(await seeing(['a.example.com', 'b.example.org'], options)).toMatchObject({ allowed, failed });
});

test('given 10,000 names that strangers make up, few are asked about, and none twice', async () => {
  const asked: string[] = [];
  const ask = async (host: string) => {
    asked.push(host);
    return false;
  };
  const names = Array.from({ length: 10_000 }, (_, index) => `x${index}.example.com`);
  await seeing([...names, ...names], { ask });
  expect(asked).toHaveLength(100);
  expect(new Set(asked).size).toBe(100);
});

test.each([
  ['a.example.com', true],
  ['b.example.com', false],
  ['x.a.example.com', false],
  ['a.example.org', false],
])('given rules for *.example.com and b.example.com, %s is served by the wildcard: %p', (host, isRouted) => {
  const other = ingressFor(['*.example.org'], { className: 'nginx' });
  const ingresses = [ingressFor(['*.Example.com']), ingressFor(['b.example.com'], { namespace: 'blog' }), other];
  expect(isRoutedByWildcard(host, ingresses, 'traefik')).toBe(isRouted);
});

test.each([
  ['{"RequestHost":"A.example.com","DownstreamStatus":301}', 'a.example.com'],
  ['{"RequestHost":"a.example.com:8080"}', 'a.example.com'],
  ['{"RequestHost":"a.example.com."}', 'a.example.com'],
  ['{"RequestHost":"a`)||Host(`b.example.com"}', undefined],
  ['{"RequestHost":"bücher.example.com"}', undefined],
  [`{"RequestHost":"${'a'.repeat(300)}"}`, undefined],
  ['{"RequestHost":7}', undefined],
  ['{"RequestHost":', undefined],
  ['time="…" level=info msg="\\"RequestHost\\""', undefined],
  ['{"level":"info","message":"Starting"}', undefined],
  ['', undefined],
])('the line %j is a request for %p', (line, host) => {
  expect(requestedHost(line)).toBe(host);
});

test('an address is asked with ?domain=, 200 means yes, and nothing else does', async () => {
  const asked: string[] = [];
  const status: Record<string, number> = { yes: 200, no: 404, elsewhere: 302, empty: 204, trouble: 503 };
  const server = await listen(
    (request, response) => {
      asked.push(request.url ?? '');
      const host = new URL(request.url ?? '', 'http://x').searchParams.get('domain') ?? '';
      response.writeHead(status[host.split('.')[0] ?? ''] ?? 500, { Location: '/?domain=yes.example.com' }).end();
    },
    0,
    '127.0.0.1',
  );
  try {
    const ask = askUrl(`http://127.0.0.1:${server.port}/may?team=a`);
    const answers = await Promise.all(
      ['yes', 'no', 'elsewhere', 'empty'].map((name) => ask(`${name}.example.com`, signal)),
    );
    expect(answers).toEqual([true, false, false, false]);
    expect(asked).toContain('/may?team=a&domain=yes.example.com');
    await expect(ask('trouble.example.com', signal)).rejects.toThrow('answered 503');
  } finally {
    await server.close();
  }
});
