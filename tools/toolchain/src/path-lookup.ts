import { access, constants, stat } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { runCommand } from './run-command.ts';
import type { VersionProbe } from './tools.ts';

/** A program that does not answer by then is not taken for the pinned one. */
const probeTimeoutMs = 5_000;

/** First executable file of that name on PATH. */
export async function findOnPath(name: string, env: NodeJS.ProcessEnv): Promise<string | undefined> {
  for (const dir of (env['PATH'] ?? '').split(delimiter)) {
    if (dir === '') continue;
    const path = join(dir, name);
    try {
      await access(path, constants.X_OK);
      if ((await stat(path)).isFile()) return path;
    } catch {
      // Not in this folder.
    }
  }
  return undefined;
}

/** The version in a program's answer, always with its leading `v`; undefined where the answer has none. */
export function parseVersion(answer: string, { pattern }: Pick<VersionProbe, 'pattern'>): string | undefined {
  const found = pattern.exec(answer)?.[1];
  return found === undefined ? undefined : `v${found.replace(/^v/, '')}`;
}

/** Asks a program for its version. A program that fails, hangs or answers something else has none. */
export async function probeVersion(
  path: string,
  probe: VersionProbe,
  env: NodeJS.ProcessEnv,
): Promise<string | undefined> {
  try {
    const signal = AbortSignal.timeout(probeTimeoutMs);
    const { code, stdout } = await runCommand(path, probe.args, { env, signal });
    return code === 0 ? parseVersion(stdout, probe) : undefined;
  } catch {
    return undefined;
  }
}
