import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { expect } from '@jest/globals';
import type { FilePlan } from '../plan-overlay.ts';

/** Compares a plan with the files in a folder, all of them; with `jest -u` it writes the folder instead. */
export async function expectGolden(folder: string, plan: FilePlan): Promise<void> {
  if (rewriting()) {
    await rm(folder, { recursive: true, force: true });
    for (const [path, text] of plan) {
      await mkdir(dirname(join(folder, path)), { recursive: true });
      await writeFile(join(folder, path), text);
    }
  }
  expect(Object.fromEntries(plan)).toEqual(await filesIn(folder));
}

function rewriting(): boolean {
  return (
    (expect.getState() as { snapshotState?: { _updateSnapshot?: string } }).snapshotState?._updateSnapshot === 'all'
  );
}

async function filesIn(folder: string): Promise<Record<string, string>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const paths = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  return Object.fromEntries(
    await Promise.all(
      paths.map(async (path): Promise<[string, string]> => [
        path.slice(folder.length + 1),
        await readFile(path, 'utf8'),
      ]),
    ),
  );
}
