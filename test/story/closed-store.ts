import { describe, expect, test } from '@jest/globals';
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
      const status = await ask(path);
      process.stderr.write(`without a token: ${path}: ${status}\n`);
      expect(status).toContain(' 403 ');
    });

    test('has no pages', async () => {
      expect(await ask('/ui/')).toContain(' 404 ');
    });
  });

  /** The first line of what Consul answers to a gateway's Pod, whose network reaches it, but without its token. */
  async function ask(path: string): Promise<string> {
    const script = `exec 3<>/dev/tcp/consul.gatefleet.svc/8500; printf 'GET ${path} HTTP/1.0\\r\\n\\r\\n' >&3; head -n 1 <&3`;
    const printed = await story().fleet.kubectl(
      '-n',
      'gatefleet',
      'exec',
      'deployment/traefik',
      '--',
      'bash',
      '-c',
      script,
    );
    return printed.trim();
  }
}
