/** What a layer holds at a path, which is relative and has no end slash. */
export type TarEntry = { readonly path: string } & (
  | { readonly kind: 'file'; readonly content: Buffer; readonly executable?: boolean }
  | { readonly kind: 'folder'; readonly mode?: number; readonly owner?: number }
  | { readonly kind: 'link'; readonly target: string }
);

const blockBytes = 512;

/**
 * A tar (POSIX ustar) of these entries and the folders above them that is the same wherever and whenever it is made: sorted, owned by root
 * unless an entry says else, each of the same age.
 * @param modified - seconds since 1970
 */
export function tarOf(entries: readonly TarEntry[], modified: number): Buffer {
  const byPath = new Map<string, TarEntry>();
  for (const { path } of entries) {
    const parts = path.split('/');
    for (let depth = 1; depth < parts.length; depth++) {
      const above = parts.slice(0, depth).join('/');
      byPath.set(above, { path: above, kind: 'folder' });
    }
  }
  for (const entry of entries) byPath.set(entry.path, entry);
  const sorted = [...byPath.values()].sort((a, b) => (a.path < b.path ? -1 : 1));
  const blocks = sorted.flatMap((entry) => {
    const content = entry.kind === 'file' ? entry.content : Buffer.alloc(0);
    const padding = Buffer.alloc((blockBytes - (content.length % blockBytes)) % blockBytes);
    return [header(entry, content.length, modified), content, padding];
  });
  return Buffer.concat([...blocks, Buffer.alloc(2 * blockBytes)]);
}

function header(entry: TarEntry, size: number, modified: number): Buffer {
  const block = Buffer.alloc(blockBytes);
  const text = (value: string, at: number, length: number) => {
    if (Buffer.byteLength(value) > length) throw new RangeError(`${value} is longer than the ${length} bytes of a tar`);
    block.write(value, at, 'utf8');
  };
  const octal = (value: number, at: number, length: number) =>
    text(value.toString(8).padStart(length - 1, '0'), at, length - 1);
  const owner = entry.kind === 'folder' ? (entry.owner ?? 0) : 0;
  text(entry.kind === 'folder' ? `${entry.path}/` : entry.path, 0, 100);
  octal(modeOf(entry), 100, 8);
  octal(owner, 108, 8);
  octal(owner, 116, 8);
  octal(size, 124, 12);
  octal(modified, 136, 12);
  text(' '.repeat(8), 148, 8);
  text({ file: '0', link: '2', folder: '5' }[entry.kind], 156, 1);
  if (entry.kind === 'link') text(entry.target, 157, 100);
  text('ustar\u000000', 257, 8);
  const sum = block.reduce((total, byte) => total + byte, 0);
  text(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 8);
  return block;
}

function modeOf(entry: TarEntry): number {
  if (entry.kind === 'link') return 0o777;
  if (entry.kind === 'folder') return entry.mode ?? 0o755;
  return entry.executable ? 0o755 : 0o644;
}
