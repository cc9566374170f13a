import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { byUser } from '../examples/connect.ts';
import { deploy } from '../examples/deploy.ts';
import { tellHealth } from '../examples/watch.ts';
import { arrived, commit } from './testing/application.ts';
import { FakeArgoCd } from './testing/fake-argocd.ts';

const folder = join(import.meta.dirname, '..');

let fake: FakeArgoCd;
beforeEach(async () => {
  fake = new FakeArgoCd();
  await fake.listen();
});
afterEach(() => fake.close());

test('the README shows every example as it is tested here', async () => {
  const readme = await readFile(join(folder, 'README.md'), 'utf8');
  const examples = await readdir(join(folder, 'examples'));
  for (const example of examples) {
    expect(readme).toContain(`\`\`\`ts\n${await readFile(join(folder, 'examples', example), 'utf8')}\`\`\``);
  }
  expect(readme.match(/```ts/g)).toHaveLength(examples.length);
});

test('deploy tells of the commit, or of what is in its way', async () => {
  const argoCd = byUser(fake.address, 'admin', 'right');
  fake.put('shop', arrived({}, { spec: { project: 'shop', syncPolicy: {} } }));
  const deploying = deploy(argoCd, 'shop', commit);
  for await (const { application } of argoCd.applications.watch({ name: 'shop' })) {
    if (application.operation !== undefined) break;
  }
  fake.put('shop', arrived());
  expect(await deploying).toBe(`shop runs ${commit}`);

  const failing = deploy(argoCd, 'shop', commit);
  for await (const { application } of argoCd.applications.watch({ name: 'shop' })) {
    if (application.operation !== undefined) break;
  }
  const resource = { kind: 'ConfigMap', namespace: 'shop', name: 'prices', status: 'SyncFailed', message: 'forbidden' };
  const syncResult = { revision: commit, resources: [resource] };
  fake.put('shop', arrived({ operationState: { phase: 'Failed', message: 'one failed', syncResult } }));
  expect(await failing).toBe('shop: SyncFailed: ConfigMap shop/prices: forbidden; one failed');
});

test('the watch tells each change of health once', async () => {
  const stop = new AbortController();
  const lines: string[] = [];
  fake.put('shop', arrived({}, { spec: { project: 'shop' } }));
  fake.put('other', arrived());
  await tellHealth(
    byUser(fake.address, 'admin', 'right'),
    'shop',
    (line) => {
      lines.push(line);
      if (lines.length === 1) {
        fake.update('shop', (current) => ({ ...current, metadata: { ...current.metadata, labels: { x: 'y' } } }));
        fake.put('shop', arrived({ health: { status: 'Degraded' } }, { spec: { project: 'shop' } }));
      } else if (lines.length === 2) fake.remove('shop');
      else stop.abort();
    },
    stop.signal,
  );
  expect(lines).toEqual(['shop: Healthy', 'shop: Degraded', 'shop: deleted']);
});
