import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { z } from 'zod';

/** Records in memory and on disk, one folder each: `root/<id>/record.json`, which is replaced whole. */
export class RecordStore<T extends { readonly id: string }> {
  readonly #root: string;
  readonly #records = new Map<string, T>();

  /** Reads what a former run left. A folder without a whole record is what a crash left of a half-made one, and is removed. */
  constructor(root: string, schema: z.ZodType<T>) {
    this.#root = root;
    mkdirSync(root, { recursive: true, mode: 0o700 });
    for (const id of readdirSync(root)) {
      const record = readRecord(join(root, id, 'record.json'), schema);
      if (record === undefined) rmSync(join(root, id), { recursive: true, force: true });
      else this.#records.set(id, record);
    }
  }

  folder(id: string): string {
    return join(this.#root, id);
  }

  get(id: string): T | undefined {
    return this.#records.get(id);
  }

  list(): readonly T[] {
    return [...this.#records.values()];
  }

  save(record: T): void {
    const folder = this.folder(record.id);
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    writeFileSync(join(folder, 'record.json.new'), JSON.stringify(record), { mode: 0o600 });
    renameSync(join(folder, 'record.json.new'), join(folder, 'record.json'));
    this.#records.set(record.id, record);
  }

  /** Forgets a record and removes its folder. */
  async remove(id: string): Promise<void> {
    this.#records.delete(id);
    await rm(join(this.folder(id), 'record.json'), { force: true });
    await rm(this.folder(id), { recursive: true, force: true });
  }
}

function readRecord<T>(path: string, schema: z.ZodType<T>): T | undefined {
  try {
    return schema.parse(JSON.parse(readFileSync(path, 'utf8')));
  } catch {
    return undefined;
  }
}
