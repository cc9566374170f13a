import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { encryptionKeySecret, fingerprint } from '@gatefleet/certificate-commands';
import { MemoryKvStore } from '@gatefleet/consul-kv';
import { createLogger } from '../log.ts';
import { SEALED_WITH } from '../store/keys.ts';
import { knownFormats } from '../store/known-formats.ts';
import { nextFormat, readsNext, writesNext } from '../testing/next-format.ts';
import { followKeys, refuseUnreadable } from './follow-keys.ts';
import { readCipher } from './record-cipher.ts';

const [a, b] = [encryptionKeySecret.fresh(), encryptionKeySecret.fresh()];

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gatefleet-keys-'));
});
afterEach(() => rm(folder, { recursive: true }));

async function mounted(
  keys: readonly string[],
  sealedWith: readonly string[] | undefined,
  formats?: readonly number[],
) {
  const file = join(folder, 'keys');
  // Whole, as kubelet does.
  const write = async (next: readonly string[]) => {
    await writeFile(`${file}.next`, encryptionKeySecret.contentOf(next)['keys'] ?? '');
    await rename(`${file}.next`, file);
  };
  await write(keys);
  const store = new MemoryKvStore();
  if (sealedWith !== undefined) {
    await store.put(SEALED_WITH, JSON.stringify({ keys: sealedWith.map(fingerprint), formats }), 0);
  }
  const lines: string[] = [];
  const log = createLogger('info', { write: (line) => void lines.push(line) });
  return { cipher: await readCipher(file), write, options: { file, store, log, everyMs: 5 }, lines };
}

test.each([
  { given: 'a store that no leader has written to', has: [a], sealedWith: undefined },
  { given: 'the key that records are sealed with', has: [a], sealedWith: [a] },
  { given: 'it among others', has: [b, a], sealedWith: [a] },
])('given $given, a replica starts', async ({ has, sealedWith }) => {
  const { cipher, options } = await mounted(has, sealedWith);
  await refuseUnreadable({ ...options, cipher, formats: knownFormats }, AbortSignal.timeout(5_000));
});

test.each([
  { given: 'another key than records are sealed with', has: [b], sealedWith: [a] },
  { given: 'only the newer one, with records still under the earlier', has: [b], sealedWith: [b, a] },
])('given $given, it does not start, and names file, key and Secret', async ({ has, sealedWith }) => {
  const { cipher, options } = await mounted(has, sealedWith);
  const starting = refuseUnreadable({ ...options, cipher, formats: knownFormats }, AbortSignal.timeout(5_000));
  await expect(starting).rejects.toMatchObject({
    code: 'WRONG_KEY',
    message: expect.stringMatching(new RegExp(`${options.file}.*${fingerprint(a)}`)),
    hint: expect.stringContaining('gatefleet-encryption-key'),
  });
});

const present = knownFormats.writes.format;

test.each([
  { given: 'a note without formats', noted: undefined, formats: knownFormats },
  { given: 'the format that it writes', noted: [present], formats: knownFormats },
  { given: 'records that are brought into a later one', noted: [nextFormat, present], formats: readsNext },
  { given: 'records that are brought back', noted: [present, nextFormat], formats: writesNext },
])('given $given, a version that reads them starts', async ({ noted, formats }) => {
  const { cipher, options } = await mounted([a], [a], noted);
  await refuseUnreadable({ ...options, cipher, formats }, AbortSignal.timeout(5_000));
});

test.each([
  { given: 'records in a later format', noted: [nextFormat] },
  { given: 'records of which some may be in a later one', noted: [present, nextFormat] },
])(
  'given $given, a version that does not read it does not start, and names both and the way out',
  async ({ noted }) => {
    const { cipher, options } = await mounted([a], [a], noted);
    const starting = refuseUnreadable({ ...options, cipher, formats: knownFormats }, AbortSignal.timeout(5_000));
    await expect(starting).rejects.toMatchObject({
      code: 'UNKNOWN_FORMAT',
      message: expect.stringMatching(new RegExp(`format ${nextFormat} .*reads ${present}$`)),
      hint: expect.stringContaining('a version that reads both'),
    });
  },
);

test('keys that change are taken over; those that are bad or too few are told of once, and are not', async () => {
  const { cipher, write, options, lines } = await mounted([a], [a]);
  const stop = new AbortController();
  const following = followKeys({ ...options, cipher }, stop.signal);
  let changes = 0;
  cipher.onChange(() => (changes += 1), stop.signal);
  const until = async (said: string) => {
    while (!lines.some((line) => line.includes(said))) await sleep(5);
  };
  await write(['short']);
  await until('line 1 is not 32 random bytes');
  await write([b]);
  await until(`the key ${fingerprint(a)} is wanted`);
  await sleep(50);
  expect(cipher.keyIds).toEqual([fingerprint(a)]);
  expect(lines).toHaveLength(2);
  await write([b, a]);
  await until('took other encryption keys');
  expect([cipher.keyIds, changes]).toEqual([[b, a].map(fingerprint), 1]);
  stop.abort();
  await following;
});
