import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { owners } from '../testing/owners.ts';
import { TestNode } from '../testing/test-node.ts';

jest.setTimeout(60_000);

let node: TestNode;
const images = {
  'test/shell:1': { entrypoint: ['sh', '-c'] },
  redis: { files: { '/usr/local/bin/redis-server': { source: '/usr/bin/env' } }, user: { uid: 999, gid: 1000 } },
};
beforeAll(async () => {
  node = await TestNode.open(owners[0] ?? 'user', { images });
});
afterAll(async () => node.close());

const status = async (image: string) => (await node.call('ImageStatus', { image: { image } })).image;

test('an image is found by every form of its name, and by its id', async () => {
  const found = await status('redis');
  expect(found).toMatchObject({ repo_tags: ['docker.io/library/redis:latest'], uid: { value: '999' } });
  expect(Number(found.size)).toBeGreaterThan(1);
  const digest = `sha256:${'a'.repeat(64)}`;
  for (const name of [
    'docker.io/library/redis:latest',
    'index.docker.io/library/redis',
    `redis:latest@${digest}`,
    found.id,
  ]) {
    expect(await status(name)).toEqual(found);
  }
  expect((await node.call('PullImage', { image: { image: 'redis' } })).image_ref).toBe(found.id);
  expect((await node.call('ListImages')).images).toHaveLength(2);
});

test('pulling an image that the catalogue lacks tells which file and which images it has', async () => {
  expect(await status('nginx:1')).toBeNull();
  await expect(node.call('PullImage', { image: { image: 'nginx:1' } })).rejects.toThrow(
    new RegExp(`NOT_FOUND.*"nginx:1".*${node.folder}/catalogue.json.*test/shell:1, redis:latest`),
  );
});

test('a changed catalogue is read again; a broken one is an error that names it', async () => {
  const write = (content: object) => writeFileSync(join(node.folder, 'catalogue.json'), JSON.stringify(content));
  write({ images: { ...images, 'new/one:2': { entrypoint: ['true'] } } });
  expect(await status('new/one:2')).not.toBeNull();
  write({ images: { broken: { files: { relative: { text: '' } } } } });
  await expect(status('redis')).rejects.toThrow(/FAILED_PRECONDITION.*catalogue\.json/);
  write({ images: { ...images, gone: { files: { '/usr/bin/gone': { source: '/no/such/program' } } } } });
  await expect(node.call('PullImage', { image: { image: 'gone' } })).rejects.toThrow(
    /FAILED_PRECONDITION.*\/usr\/bin\/gone.*\/no\/such\/program/,
  );
  write({ images });
});
