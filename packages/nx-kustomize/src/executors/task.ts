import type { ExecutorContext } from '@nx/devkit';

/** What a task is about. */
export interface Task {
  /** The workspace's root, absolute. */
  readonly root: string;
  /** The project's name. */
  readonly name: string;
  /** The project's folder, from the root. */
  readonly folder: string;
}

export function taskOf({ root, projectName, projectsConfigurations }: ExecutorContext): Task {
  const project = projectName === undefined ? undefined : projectsConfigurations.projects[projectName];
  if (projectName === undefined || project === undefined) throw new Error('Nx ran a target of no project');
  return { root, name: projectName, folder: project.root };
}

/** Writes to the terminal what a task found out. Nx keeps it with the result, and shows it again from the cache. */
export function print(text: string): void {
  process.stdout.write(text);
}

/** Nx runs tasks on a terminal of its own. */
export function hasColour(): boolean {
  const { NO_COLOR, FORCE_COLOR } = process.env;
  return NO_COLOR === undefined && (process.stdout.isTTY || (FORCE_COLOR !== undefined && FORCE_COLOR !== '0'));
}

/** Runs a task; what breaks is told with its hint, without a stack. */
export async function attempt(run: () => Promise<boolean>): Promise<{ success: boolean }> {
  try {
    return { success: await run() };
  } catch (error) {
    const { code, hint } = error as { code?: unknown; hint?: unknown };
    if (typeof code !== 'string' || !(error instanceof Error)) throw error;
    process.stderr.write(`error  ${code}  ${error.message}\n${typeof hint === 'string' ? `       ${hint}\n` : ''}`);
    return { success: false };
  }
}
