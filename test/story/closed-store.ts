import { readFile } from 'node:fs/promises';
import { describe, expect, test } from '@jest/globals';
import { processesOf } from '../support/processes.ts';
import type { Story } from '../support/story.ts';

/** Consul, asked by who has no token, and where its tokens must not be. */
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

    test('shows its secrets in no argument, variable or log', async () => {
      const { kubectl } = story().fleet;
      const { items } = JSON.parse(await kubectl('-n', 'gatefleet', 'get', 'secrets', '-o', 'json')) as {
        items: { metadata: { name: string }; data: Record<string, string> }[];
      };
      const secrets = items
        .filter(({ metadata }) => metadata.name.startsWith('consul-'))
        .flatMap(({ metadata: { name }, data }) =>
          ['token', 'key'].flatMap((key) => {
            const value = data[key];
            return value === undefined ? [] : [{ name, value: Buffer.from(value, 'base64').toString() }];
          }),
        );
      expect(secrets).toHaveLength(9);
      const places = new Map<string, string>();
      for (const { pid, command } of await processesOf(story().clone)) {
        places.set(`arguments of ${pid} ${command.slice(0, 60)}`, command);
        places.set(
          `variables of ${pid} ${command.slice(0, 60)}`,
          await readFile(`/proc/${pid}/environ`, 'utf8').catch(() => ''),
        );
      }
      const pods = (await kubectl('-n', 'gatefleet', 'get', 'pods', '-o', 'name')).trim().split('\n');
      for (const pod of pods) places.set(`log of ${pod}`, await kubectl('-n', 'gatefleet', 'logs', pod));
      places.set('Events', await kubectl('get', 'events', '-A', '-o', 'json'));
      const found = [...places].flatMap(([place, text]) =>
        secrets.filter(({ value }) => text.includes(value)).map(({ name }) => `${name} in the ${place}`),
      );
      process.stderr.write(`looked for ${secrets.length} secrets in ${places.size} places\n`);
      expect(found).toEqual([]);
      expect([...places.values()].some((text) => text.includes('wrote the token'))).toBe(true);
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
