import { createHash, randomBytes } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { openSnapshot, sealSnapshot, type SnapshotToSeal } from './sealed-snapshot.ts';

const passphrase = 'a passphrase for a test';
const encryptionKey = { key: 'the key of the records' };
const state = randomBytes(100_000);
const cost = { N: 2, r: 1, p: 1 };

const sumOf = (content: Buffer) => createHash('sha256').update(content).digest('hex');

function tar(files: Readonly<Record<string, Buffer>>): Buffer {
  const blocks = Object.entries(files).flatMap(([name, content]) => {
    const header = Buffer.alloc(512);
    header.write(name);
    header.write(`${content.length.toString(8).padStart(11, '0')}\0`, 124);
    return [header, content, Buffer.alloc((512 - (content.length % 512)) % 512)];
  });
  return Buffer.concat([...blocks, Buffer.alloc(1024)]);
}

const meta = Buffer.from('{"Version":1}');
const sums = Buffer.from(`${sumOf(meta)}  meta.json\n${sumOf(state)}  state.bin\n`);
const good = gzipSync(tar({ 'meta.json': meta, 'state.bin': state, SHA256SUMS: sums }));

async function* chunksOf(bytes: Buffer, size = 1_000) {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function gathered(chunks: AsyncIterable<Buffer>): Promise<Buffer> {
  const all: Buffer[] = [];
  for await (const chunk of chunks) all.push(chunk);
  return Buffer.concat(all);
}

const facts = { environment: 'production', createdAt: '2026-11-28T20:00:00.000Z' };
const seal = (archive: Buffer, more: Partial<SnapshotToSeal> = {}) =>
  gathered(sealSnapshot({ ...facts, passphrase, encryptionKey, archive: chunksOf(archive), cost, ...more }));
const open = (file: Buffer, given = passphrase, size = 777) =>
  openSnapshot(() => chunksOf(file, size), { passphrase: given, fileName: 'x.snapshot' });

describe('a sealed snapshot', () => {
  let file: Buffer;
  beforeAll(async () => {
    file = await seal(good);
  });

  test.each([1, 16, 777, 1_000_000])('gives back what was sealed, read %d bytes at a time', async (size) => {
    const opened = await open(file, passphrase, size);
    expect(opened).toMatchObject({ ...facts, encryptionKey });
    expect((await gathered(opened.archive())).equals(good)).toBe(true);
  });

  test('shows in plain what it is and of when, and nothing of what it holds', () => {
    const text = file.toString('latin1');
    expect(text).toContain('"environment":"production"');
    for (const secret of [encryptionKey.key, passphrase, 'state.bin', state.subarray(0, 16).toString('latin1')])
      expect(text).not.toContain(secret);
  });

  test('with another passphrase does not open, and says that this is why', async () => {
    await expect(open(file, 'another passphrase')).rejects.toMatchObject({
      code: 'BACKUP_NOT_OPENED',
      message: expect.stringMatching(/x\.snapshot of production at 2026-11-28T20:00:00\.000Z: the passphrase/),
    });
  });

  test.each([
    ['in its first line', 0.001],
    ['at its end', 1],
    ['in the middle', 0.5],
  ])('with a bit flipped %s is broken, or not opened', async (_, where) => {
    const changed = Buffer.from(file);
    const at = Math.min(Math.floor(file.length * where), file.length - 1);
    changed[at] = (changed[at] ?? 0) ^ 1;
    await expect(open(changed)).rejects.toMatchObject({ name: 'TransferError' });
  });

  test.each([1, 16, 17, 50_000])(
    'that lacks its last %d bytes is broken, and the passphrase is not blamed',
    async (cut) => {
      await expect(open(file.subarray(0, -cut))).rejects.toMatchObject({
        code: 'INPUT_BROKEN',
        message: expect.stringContaining('the passphrase is right, but a part is missing'),
      });
    },
  );

  test('of a later version says so', async () => {
    const later = Buffer.from(file.toString('latin1').replace('"version":1', '"version":2'), 'latin1');
    await expect(open(later)).rejects.toMatchObject({ code: 'BACKUP_TOO_NEW' });
  });

  test.each([
    ['nothing', Buffer.alloc(0)],
    ['a text', Buffer.from('hello\n')],
    ['a line without end', Buffer.alloc(10_000, 0x20)],
    ['another file of ours', Buffer.from('{"format":"gatefleet-certificates","version":1}\nAAAA\n')],
    [
      'a first line that asks for all memory',
      Buffer.from('{"format":"gatefleet-store","version":1,"kdf":{"N":1e9}}\n'),
    ],
  ])('is not %s', async (_, bytes) => {
    await expect(open(bytes)).rejects.toMatchObject({ code: 'INPUT_BROKEN' });
  });

  test('is not made with a passphrase that is too easily guessed', async () => {
    await expect(seal(good, { passphrase: 'too short' })).rejects.toMatchObject({ code: 'PASSPHRASE_TOO_SHORT' });
  });
});

test.each<[string, Buffer]>([
  ['cut off', good.subarray(0, good.length / 2)],
  ['empty', Buffer.alloc(0)],
  ['no archive', Buffer.from('404 page not found')],
  ['without its state', gzipSync(tar({ 'meta.json': meta, SHA256SUMS: sums }))],
  ['without sums', gzipSync(tar({ 'meta.json': meta, 'state.bin': state }))],
  [
    'of a state with another sum',
    gzipSync(tar({ 'meta.json': meta, 'state.bin': Buffer.from(state).fill(1, 0, 1), SHA256SUMS: sums })),
  ],
  ['of a part with a size that is none', gzipSync(tar({ 'meta.json': meta }).fill(0x39, 124, 135))],
])('an archive that is %s is found although its seal is good', async (_, archive) => {
  await expect(seal(archive).then((file) => open(file))).rejects.toMatchObject({ code: 'INPUT_BROKEN' });
});
