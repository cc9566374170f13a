import { describe, expect, test } from '@jest/globals';
import { eventually } from '../support/shell.ts';
import type { Story } from '../support/story.ts';

/** Consul, asked by who has no token. */
export function closedStore(story: () => Story): void {
  describe('the store', () => {
    test.each([
      '/v1/kv/?recurse',
      '/v1/kv/traefik?recurse',
      '/v1/kv/gatefleet/leader',
      '/v1/acl/tokens',
      '/v1/acl/bootstrap',
      '/v1/agent/self',
      '/v1/agent/metrics',
      '/v1/catalog/nodes',
      '/v1/operator/raft/configuration',
      '/v1/operator/keyring',
      '/v1/session/list',
      '/v1/snapshot',
      '/v1/internal/ui/services',
    ])('refuses %s without a token', async (path) => {
      // Of a snapshot the leader ends the connection with its refusal, and the server between may see but the end.
      const status = await eventually('another answer than 500', async () => {
        const answer = await ask(`https://consul:8501${path}`);
        return answer !== '500' && answer;
      });
      process.stderr.write(`without a token: ${path}: ${status}\n`);
      expect(status).toBe('403');
    });

    test('has no pages', async () => {
      expect(await ask('https://consul:8501/ui/')).toBe('404');
    });

    test.each([
      { asked: 'over HTTP', url: 'http://consul:8501/v1/status/leader', outcome: '400' },
      { asked: 'over TLS', url: 'https://consul:8501/v1/status/leader', outcome: '200' },
      {
        asked: 'by who trusts the public CAs',
        url: 'https://consul:8501/v1/status/leader',
        ca: '/dev/null',
        outcome: 'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
      },
      {
        asked: 'by a name that is not its own',
        url: 'https://consul-0.consul:8501/v1/status/leader',
        outcome: 'ERR_TLS_CERT_ALTNAME_INVALID',
      },
    ])('asked $asked, answers $outcome', async ({ url, ca, outcome }) => {
      expect(await ask(url, ca)).toBe(outcome);
    });
  });

  /** What Consul answers to a controller's Pod, whose network reaches it, but without its token: a status, or why there is none. */
  async function ask(url: string, ca = '/etc/gatefleet/consul-ca/ca.crt'): Promise<string> {
    const script = `fetch('${url}').then(({ status }) => status, ({ cause }) => cause.code).then(console.log)`;
    const pod = ['-n', 'gatefleet', 'exec', 'deployment/acme-controller', '--'];
    const printed = await story().fleet.kubectl(...pod, 'env', `NODE_EXTRA_CA_CERTS=${ca}`, 'node', '-e', script);
    return printed.trim();
  }
}
