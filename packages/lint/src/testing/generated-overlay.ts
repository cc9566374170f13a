import { readdir, readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { parseEnvironment } from '@gatefleet/environment';
import { planEnvironment, readBase } from '@gatefleet/overlay';
import type { Files } from './lint-files.ts';

const repository = join(import.meta.dirname, '../../../..');

/** This repository's base, an environment.yaml over it, and all that is generated from that. @throws Error with the mistakes */
export async function generatedOverlay(name: string, text: string): Promise<Files> {
  const file = `overlays/${name}/environment.yaml`;
  const parsed = parseEnvironment(text, file);
  if (parsed.kind === 'invalid') throw new Error(parsed.errors.map(({ message }) => message).join('; '));
  const folder = join(repository, 'base');
  const plan = planEnvironment(parsed.environment, await readBase(folder), { hasCustom: false, dependencies: [] });
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const base = await Promise.all(
    entries
      .filter((entry) => entry.isFile())
      .map(async (entry) => {
        const path = join(entry.parentPath, entry.name);
        return [relative(repository, path), await readFile(path, 'utf8')] as const;
      }),
  );
  return { ...Object.fromEntries([...base, ...plan.files, ...plan.initial]), [file]: text };
}
