import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { controllerConfig } from './controller-image.ts';

const root = join(import.meta.dirname, '../../../..');
const text = readFileSync(join(root, 'apps/acme-controller/Dockerfile'), 'utf8');
const stages = text.split(/^FROM /m).slice(1);
const last = stages.at(-1)!;
const config = controllerConfig({ version: '0', revision: '', created: 0 });

test('each base is pinned by a digest', () => {
  expect(stages.map((stage) => /^(?:--platform=\S+ )?\S+:\S+@sha256:[0-9a-f]{64}( AS \w+)?\n/.test(stage))).toEqual([
    true,
    true,
  ]);
});

test('what it copies is there: folders of the context, and of stages above', () => {
  const names = stages.flatMap((stage) => / AS (\w+)\n/.exec(stage)?.[1] ?? []);
  const copied = [...text.matchAll(/^COPY (?:--from=(\w+) )?(\S+) \S+$/gm)].map(([, from, path]) => ({ from, path }));
  expect(copied).toHaveLength(2);
  for (const { from, path = '' } of copied) {
    expect(from === undefined ? existsSync(join(root, path)) : names.includes(from)).toBe(true);
  }
  const [, script = ''] = /node (\S+\.mjs) /.exec(text)!;
  expect(existsSync(join(root, script))).toBe(true);
});

test('it runs as the image that is built without an engine: user, folder, entrypoint', () => {
  expect(/^USER (.*)$/m.exec(last)?.[1]).toBe(config.User);
  expect(/^WORKDIR (.*)$/m.exec(last)?.[1]).toBe(config.WorkingDir);
  expect(JSON.parse(/^ENTRYPOINT (.*)$/m.exec(last)![1]!)).toEqual(config.Entrypoint);
  expect(last).toContain('NODE_ENV=production');
});
