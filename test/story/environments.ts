import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { ensureTools } from '@gatefleet/toolchain';
import { run, succeed } from '../support/shell.ts';
import { type Story } from '../support/story.ts';

/** Every committed environment, and mistakes in one. */
export function environments(story: () => Story): void {
  describe('environments', () => {
    test('generate --check is clean for what is committed', async () => {
      await story()
        .fleet.git('stash', '--quiet')
        .catch(() => '');
      expect(await story().fleet.gatefleet('generate', '--check')).toMatchObject({ code: 0 });
    });

    test.each(['local', 'dev', 'staging', 'production'])('the API server accepts every object of %s', async (name) => {
      const { kustomize } = await ensureTools(['kustomize']);
      const rendered = await succeed(kustomize.path, ['build', join(story().clone, 'overlays', name)]);
      // In a namespace of its own: an environment is a cluster's only one, and here the local one runs already.
      const namespace = `as-${name}`;
      await story().fleet.apply(`{ apiVersion: v1, kind: Namespace, metadata: { name: ${namespace} } }`);
      const moved = rendered
        .replaceAll('namespace: gatefleet\n', `namespace: ${namespace}\n`)
        .replaceAll(/(kind: Namespace\nmetadata:[^]*?\n {2}name: )gatefleet\n/g, `$1${namespace}\n`);
      const { kubectl } = await ensureTools(['kubectl']);
      const kubeconfig = join(story().clone, '.gatefleet/kubeconfig');
      const { code, stderr } = await run(
        kubectl.path,
        ['--kubeconfig', kubeconfig, 'apply', '--server-side', '--force-conflicts', '--dry-run=server', '-f', '-'],
        { input: moved },
      );
      expect({ code, stderr: code === 0 ? '' : stderr }).toEqual({ code: 0, stderr: '' });
    });

    test.each<{ given: string; edit: (text: string) => string; then: RegExp }>([
      {
        given: 'a number where there is none',
        edit: (text) => text.replace(/replicas: \d+|workload: DaemonSet/, 'replicas: many'),
        then: /environment\.yaml:\d+:\d+[\s\S]*many/,
      },
      {
        given: 'a field that nobody knows',
        edit: (text) => `${text}\n  surprise: 1\n`,
        then: /environment\.yaml:\d+:\d+[\s\S]*surprise/,
      },
    ])('given $given, then file, line and value are named and nothing is written', async ({ edit, then }) => {
      const file = join(story().clone, 'overlays/local/environment.yaml');
      const text = await readFile(file, 'utf8');
      await writeFile(file, edit(text));
      const { code, stdout, stderr } = await story().fleet.gatefleet('generate', 'local');
      await writeFile(file, text);
      expect(code).toBe(1);
      expect(stdout + stderr).toMatch(then);
      expect(await story().fleet.git('status', '--porcelain')).toBe('');
    });
  });
}
