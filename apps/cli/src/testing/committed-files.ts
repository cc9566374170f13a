import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { writeFiles, type WrittenFiles } from '@gatefleet/kustomize/testing';

const run = promisify(execFile);

export interface CommittedFiles extends WrittenFiles {
  /** Changes a file of the work tree, wherever the text is in it. */
  edit(file: string, from: string, to: string): Promise<void>;
}

/** A git repository with one commit of these files. */
export async function commitFiles(files: Readonly<Record<string, string>>): Promise<CommittedFiles> {
  const written = await writeFiles(files);
  const git = (...args: string[]) => run('git', ['-C', written.root, ...args]);
  await git('init', '--quiet');
  await git('add', '.');
  await git('-c', 'user.name=a', '-c', 'user.email=a@example.org', 'commit', '--quiet', '--message=one');
  return {
    ...written,
    async edit(file, from, to) {
      const path = join(written.root, file);
      await writeFile(path, (await readFile(path, 'utf8')).replaceAll(from, to));
    },
  };
}
