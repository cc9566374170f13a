import { mkdirSync, readFileSync, rmSync, statSync, watch, type FSWatcher } from 'node:fs';
import { join } from 'node:path';
import { msToNs } from '../state/clock.ts';

export interface Exit {
  readonly code: number;
  /** Nanoseconds since 1970. */
  readonly at: string;
}

/** The folder in which each conmon leaves its container's exit code, in a file named by the container's id. */
export class Exits {
  readonly folder: string;
  #watcher: FSWatcher | undefined;

  constructor(folder: string) {
    this.folder = folder;
    mkdirSync(folder, { recursive: true, mode: 0o700 });
  }

  /** Calls back with the id of each container that ends from now on. */
  watch(onExit: (id: string) => void): void {
    this.#watcher = watch(this.folder, (_, name) => {
      if (name !== null && /^[0-9a-f]+$/.test(name)) onExit(name);
    });
  }

  close(): void {
    this.#watcher?.close();
  }

  read(id: string): Exit | undefined {
    try {
      const path = join(this.folder, id);
      const text = readFileSync(path, 'utf8').trim();
      return text === '' ? undefined : { code: Number(text), at: msToNs(statSync(path).mtimeMs) };
    } catch {
      return undefined;
    }
  }

  forget(id: string): void {
    rmSync(join(this.folder, id), { force: true });
  }
}
