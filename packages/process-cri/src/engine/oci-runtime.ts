import type { RuntimeConfig } from '../config.ts';
import { runCommand } from './run-command.ts';

/** crun or runc without cgroups: its state is in `stateFolder`. */
export class OciRuntime {
  readonly path: string;
  /** Arguments before any command; conmon passes the same. */
  readonly globalArgs: readonly string[];

  constructor(runtime: RuntimeConfig['runtime'], stateFolder: string) {
    this.path = runtime.path;
    this.globalArgs = [
      `--root=${stateFolder}`,
      ...(runtime.name === 'crun' ? ['--cgroup-manager=disabled'] : ['--rootless=true']),
    ];
  }

  /** Lets a created container run its program. */
  async start(id: string): Promise<void> {
    await runCommand(`starting container ${id}`, this.path, [...this.globalArgs, 'start', id]);
  }

  /** Ends what is left of a container and forgets it; one that is gone already is no error. */
  async delete(id: string): Promise<void> {
    await runCommand(`removing container ${id}`, this.path, [...this.globalArgs, 'delete', '--force', id]).catch(
      (error: unknown) => {
        if (!/does not exist|No such file/.test(String(error))) throw error;
      },
    );
  }
}
