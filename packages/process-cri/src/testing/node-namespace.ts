import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';

/** A read-only cgroup tree keeps both runtimes from making cgroups: crun is told not to, runc gives up quietly. */
const PREPARE = `set -e
mount -t tmpfs -o mode=755 tmpfs /run
mount -t cgroup2 -o ro cgroup2 /sys/fs/cgroup
ip link set lo up
ip address add 10.100.0.1/32 dev lo
set +e
umask 022`;

/** Whose the namespaces are. `user` and `single` are made without any right of root, `single` without a range of ids too. */
export type Owner = 'root' | 'user' | 'single';

/** Ids that an ordinary user has in these tests: put over /etc/subuid in a mount namespace of their own. */
const RANGE = 'nobody:100000:65536\n';

/**
 * A private mount, network and process namespace with a shell in it, as a cluster on one machine makes one for its nodes.
 * Unix sockets made in it are reached from outside by their path.
 */
export class NodeNamespace {
  readonly #shell: ChildProcessWithoutNullStreams;
  #output = '';
  #wake = () => {};

  private constructor(shell: ChildProcessWithoutNullStreams) {
    this.#shell = shell;
    const take = (text: string) => {
      this.#output += text;
      this.#wake();
    };
    shell.stdout.setEncoding('utf8').on('data', take);
    shell.stderr.setEncoding('utf8').on('data', take);
    shell.on('exit', () => this.#wake());
  }

  static async open(owner: Owner): Promise<NodeNamespace> {
    const unshare = ['unshare', '--net', '--mount', '--cgroup', '--pid', '--fork', '--kill-child', '--mount-proc'];
    if (owner !== 'root') unshare.push('--user', '--map-root-user');
    if (owner === 'user') unshare.push('--map-auto');
    const command = [...asOrdinaryUser(owner), ...unshare, 'tini', '--', 'sh'];
    const namespace = new NodeNamespace(spawn('env', command, { stdio: 'pipe' }));
    await namespace.run(PREPARE);
    return namespace;
  }

  /** Runs shell commands one after another and gives what they print. One call at a time. @throws when the last one fails. */
  async run(script: string): Promise<string> {
    const end = `end-${String(Math.random()).slice(2)}`;
    this.#output = '';
    this.#shell.stdin.write(`${script}\necho "${end} $?"\n`);
    const pattern = new RegExp(`${end} (\\d+)\\n`);
    for (;;) {
      const match = pattern.exec(this.#output);
      if (match?.[1] === '0') return this.#output.slice(0, match.index);
      if (match !== null) throw new Error(`"${script}" ended with ${String(match[1])}: ${this.#output}`);
      if (this.#shell.exitCode !== null) throw new Error(`the namespace ended: ${this.#output}`);
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }

  /** Ends the shell and with it everything in the namespace. */
  async close(): Promise<void> {
    if (this.#shell.exitCode !== null) return;
    const ended = new Promise((resolve) => this.#shell.on('exit', resolve));
    this.#shell.stdin.end('exit\n');
    await ended;
  }
}

/** What comes before `unshare` when these tests run as root and the namespaces should not be root's. */
function asOrdinaryUser(owner: Owner): string[] {
  if (owner === 'root' || process.getuid?.() !== 0) return [];
  const range = owner === 'user' ? RANGE : '';
  const script = `mount -t tmpfs tmpfs /media && printf '${range}' >/media/ids &&
    mount --bind /media/ids /etc/subuid && mount --bind /media/ids /etc/subgid &&
    exec setpriv --reuid 65534 --regid 65534 --clear-groups "$@"`;
  return ['unshare', '--mount', 'sh', '-c', script, 'sh'];
}
