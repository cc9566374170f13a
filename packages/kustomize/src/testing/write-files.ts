import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/** Files by path from the root; a folder of their own that disposes of itself. */
export interface WrittenFiles extends AsyncDisposable {
  readonly root: string;
}

export async function writeFiles(files: Readonly<Record<string, string>>): Promise<WrittenFiles> {
  const root = await mkdtemp(join(tmpdir(), 'gatefleet-files-'));
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), text);
  }
  return { root, [Symbol.asyncDispose]: () => rm(root, { recursive: true, force: true }) };
}

/**
 * Files from one text: each begins with a line `-- path --`. What stands before the first is a remark.
 *
 * @see https://pkg.go.dev/golang.org/x/tools/txtar (the form)
 */
export function filesOf(archive: string): Record<string, string> {
  const [, ...parts] = archive.split(/^-- (.+) --\n/m);
  return Object.fromEntries(
    Array.from({ length: parts.length / 2 }, (_, index) => [parts[2 * index] ?? '', parts[2 * index + 1] ?? '']),
  );
}
