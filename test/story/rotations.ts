import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from '@jest/globals';
import { fingerprint } from '@gatefleet/certificate-commands';
import { openSealed } from '../faults/support/open-sealed.ts';
import { askAtRate } from '../support/ask-at-rate.ts';
import { run, succeed } from '../support/shell.ts';
import { minute, shop, type Story } from '../support/story.ts';

const perSecond = 100;
/** Asks that long before and after whatever is looked at. */
const quietMs = 2_000;

/** Keys and tokens of an environment that runs. @param tokens - those that are replaced; all when empty */
export function rotations(...tokens: readonly string[]): (story: () => Story) => void {
  return (story) => {
    describe('rotations', () => {
      const kubectl = (...args: string[]) => story().fleet.kubectl('-n', 'gatefleet', ...args);
      const secrets = async () => {
        const { items } = JSON.parse(await kubectl('get', 'secrets', '-o', 'json')) as {
          items: { metadata: { name: string }; data: Record<string, string> }[];
        };
        const listed = items.flatMap(({ metadata: { name }, data }): [string, string[]][] => {
          const list = data['tokens'] ?? data['keys'];
          return list === undefined ? [] : [[name, Buffer.from(list, 'base64').toString().split('\n')]];
        });
        return new Map(listed);
      };

      test(
        'are replaced by a command each: no request fails, nothing is ordered, and what was before opens nothing any more',
        async () => {
          const { fleet } = story();
          const before = await secrets();
          const seen = await fleet.acme();
          const asking = askAtRate(await fleet.door(shop), perSecond);
          await sleep(quietMs);

          await rotate('encryption-key');
          await brokenOff();
          expect((await rotate('tokens', ...tokens)).stderr).toContain('going on with what was begun before');
          await rotate('gossip-key');

          await sleep(quietMs);
          const asked = await asking.stop();
          process.stderr.write(`rotations under requests: ${JSON.stringify(asked)}\n`);
          expect(asked.failed).toEqual([]);
          expect(asked.perSecond).toBeGreaterThan(perSecond * 0.95);
          expect(await fleet.acme()).toEqual(seen);

          const after = await secrets();
          const names = tokens.length === 0 ? [...before.keys()] : tokens.map((token) => `consul-token-${token}`);
          for (const name of [...names, 'gatefleet-encryption-key', 'consul-gossip-key']) {
            const [was, is] = [before.get(name), after.get(name)];
            expect([name, is?.length, was?.[0] === is?.[0]]).toEqual([name, 1, false]);
          }
          for (const name of names.filter(
            (one) => one.startsWith('consul-token-') || one.startsWith('consul-management'),
          )) {
            expect([name, await statusFor(before.get(name)?.[0])]).toEqual([name, 403]);
            expect([name, await statusFor(after.get(name)?.[0])]).toEqual([name, 200]);
          }

          const management = after.get('consul-management-token')?.[0] ?? '';
          const [former = '', now = ''] = [before, after].map((all) => all.get('gatefleet-encryption-key')?.[0]);
          const records = (await inConsul(management, 'kv', 'get', '-recurse', '-token-file=/dev/stdin', 'gatefleet/'))
            .split('\n')
            .map((line) => /^(?<path>[^:]+):(?<value>.*"nonce".*)$/.exec(line)?.groups)
            .filter((groups) => groups !== undefined);
          expect(records.length).toBeGreaterThan(2);
          for (const { path = '', value = '' } of records) {
            expect([path, (JSON.parse(value) as { key: string }).key]).toEqual([path, fingerprint(now)]);
            expect(openSealed(now, path, value)).toMatchObject({ privateKey: expect.any(String) });
            expect(() => openSealed(former, path, value)).toThrow('authenticate');
          }
          const ring = await inConsul(management, 'keyring', '-list', '-token-file=/dev/stdin');
          expect(ring).toContain(after.get('consul-gossip-key')?.[0]);
          expect(ring).not.toContain(before.get('consul-gossip-key')?.[0]);
        },
        15 * minute,
      );

      test('and Argo CD has nothing to undo', async () => {
        const template = 'jsonpath={range .items[*]}{.metadata.generation} {.spec.template.metadata.annotations}{end}';
        const gateways = () =>
          kubectl('get', 'deployments,daemonsets', '-l', 'app.kubernetes.io/name=traefik', '-o', template);
        const before = await gateways();
        expect(before).toContain('gatefleet.dev/restarted-for');
        const { code, stdout, stderr } = await story().fleet.gatefleet('sync', 'local', '--yes');
        expect([code, stdout + stderr]).toEqual([0, expect.any(String)]);
        expect(await gateways()).toBe(before);
      });

      async function rotate(what: string, ...names: string[]) {
        const began = performance.now();
        const ran = await story().fleet.gatefleet('rotate', what, 'local', ...names);
        process.stderr.write(
          `rotate ${what} ${names.join(' ')}: ${((performance.now() - began) / 1000).toFixed(1)} s\n`,
        );
        expect([ran.code, ran.stdout + ran.stderr]).toEqual([0, expect.any(String)]);
        return ran;
      }

      /** The tokens, ended as by Ctrl-C in the middle. */
      async function brokenOff() {
        let [pid, isOver] = [0, false];
        const ran = run('npm', ['run', '--silent', 'gatefleet', '--', 'rotate', 'tokens', 'local', ...tokens], {
          cwd: story().clone,
          group: true,
          onStart: (started) => (pid = started),
        }).finally(() => (isOver = true));
        while (!isOver && ((await secrets()).get('consul-token-traefik')?.length ?? 0) < 2) await sleep(200);
        process.kill(-pid, 'SIGINT');
        const { code, stderr } = await ran;
        expect(code).not.toBe(0);
        expect(stderr).toContain('the same command goes on from here');
      }

      /** What Consul answers to who shows this token. */
      async function statusFor(token = ''): Promise<number> {
        const script = `
          const headers = { 'X-Consul-Token': fs.readFileSync(0, 'utf8') };
          fetch('https://consul:8501/v1/acl/token/self', { headers }).then(({ status }) => console.log(status))`;
        const ca = 'NODE_EXTRA_CA_CERTS=/etc/gatefleet/consul-ca/ca.crt';
        return Number(await inPod('deployment/acme-controller', token, 'env', ca, 'node', '-e', script));
      }

      const inConsul = (token: string, ...args: string[]) => inPod('consul-0', token, 'consul', ...args);

      function inPod(pod: string, input: string, ...command: string[]): Promise<string> {
        const { kubectlPath, kubeconfig } = story().fleet;
        const exec = ['--kubeconfig', kubeconfig, '-n', 'gatefleet', 'exec', '-i', pod, '--'];
        return succeed(kubectlPath, [...exec, ...command], { input });
      }
    });
  };
}
