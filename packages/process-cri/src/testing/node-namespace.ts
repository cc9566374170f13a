import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { once } from 'node:events';

const PREPARE = `set -e
mount -t tmpfs -o mode=755 tmpfs /run
mount -t cgroup2 cgroup2 /sys/fs/cgroup
ip link set lo up
ip addr add 10.100.0.1/32 dev lo
set +e
`;

/**
 * A private mount, network and process namespace with a shell in it, as local-cluster makes one for its nodes. Unix sockets made in it
 * are reached from outside by their path.
 */
export class NodeNamespace {
  readonly #shell: ChildProcessWithoutNullStreams;
  #output = '';

  private constructor(shell: ChildProcessWithoutNullStreams) {
    this.#shell = shell;
    shell.stdout.setEncoding('utf8').on('data', (text: string) => (this.#output += text));
    shell.stderr.setEncoding('utf8').on('data', (text: string) => (this.#output += text));
  }

  /** @param before - a program and arguments that start the namespace, e.g. as another user. */
  static async open(before: readonly string[] = [], userNamespace: readonly string[] = []): Promise<NodeNamespace> {
    const unshare = [
      'unshare',
      ...userNamespace,
      '--net',
      '--mount',
      '--cgroup',
      '--pid',
      '--fork',
      '--kill-child',
      '--mount-proc',
    ];
    const [program = '', ...args] = [...before, ...unshare, 'tini', '--', 'sh'];
    const namespace = new NodeNamespace(spawn(program, args, { stdio: 'pipe' }));
    await namespace.run(PREPARE);
    return namespace;
  }

  /** Runs shell commands one after another and gives what they print. @throws when the last one fails. */
  async run(script: string): Promise<string> {
    const end = `end-${String(Math.random()).slice(2)}`;
    this.#output = '';
    this.#shell.stdin.write(`${script}\necho "${end} $?"\n`);
    const pattern = new RegExp(`${end} (\\d+)\\n`);
    for (;;) {
      const match = pattern.exec(this.#output);
      if (match !== null) {
        const printed = this.#output.slice(0, match.index);
        if (match[1] === '0') return printed;
        throw new Error(`"${script}" ended with ${String(match[1])}: ${printed}`);
      }
      if (this.#shell.exitCode !== null) throw new Error(`the namespace ended: ${this.#output}`);
      await Promise.race([once(this.#shell.stdout, 'data'), once(this.#shell, 'exit')]);
    }
  }

  /** Ends the shell and with it everything in the namespace. */
  async close(): Promise<void> {
    if (this.#shell.exitCode !== null) return;
    this.#shell.stdin.end('exit\n');
    await once(this.#shell, 'exit');
  }
}
