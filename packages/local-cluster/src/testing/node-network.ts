import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { addressesOf, type Addresses } from '../addresses.ts';
import type { Attempt } from './pod-process.ts';

/** Whose namespaces they are: made with rights of root, or without any. */
export type Owner = 'root' | 'user';
export const owners: readonly Owner[] = process.getuid?.() === 0 ? ['root', 'user'] : ['user'];

const here = (file: string) => join(import.meta.dirname, file);

/** Short enough for an interface, whatever the Pod is called. */
const vethAt = (address: string) => `v${address}`;

/** The nodes' network namespace as a cluster has it, with Pods of one process each, without Kubernetes. */
export class NodeNetwork {
  readonly addresses: Addresses = addressesOf(0);
  readonly nodes = this.addresses.nodes(2);
  readonly folder: string;
  readonly #shell: ChildProcessWithoutNullStreams;
  #last: Promise<unknown> = Promise.resolve();
  #output = '';
  #wake = (): void => undefined;

  private constructor(folder: string, shell: ChildProcessWithoutNullStreams) {
    this.folder = folder;
    this.#shell = shell;
    const take = (piece: string) => {
      this.#output += piece;
      this.#wake();
    };
    shell.stdout.setEncoding('utf8').on('data', take);
    shell.stderr.setEncoding('utf8').on('data', take);
    shell.on('exit', () => {
      this.#wake();
    });
  }

  static async open(owner: Owner): Promise<NodeNetwork> {
    const folder = await mkdtemp(join(tmpdir(), 'node-network-'));
    await chmod(folder, 0o777);
    const namespaces = ['--net', '--mount', '--pid', '--fork', '--kill-child', '--mount-proc'];
    const ordinary = ['setpriv', '--reuid', '65534', '--regid', '65534', '--clear-groups'];
    const command = [
      ...(owner === 'user' && process.getuid?.() === 0 ? ordinary : []),
      'unshare',
      ...(owner === 'user' ? ['--user', '--map-root-user'] : []),
      ...namespaces,
      'sh',
    ];
    const network = new NodeNetwork(folder, spawn('env', command, { stdio: 'pipe' }));
    await network.run('mount -t tmpfs -o mode=755 tmpfs /run && mkdir /run/netns');
    await network.run(`"${process.execPath}" "${here('configure-node.ts')}"`);
    return network;
  }

  /** Runs shell commands in the nodes' namespace, one call after another. @throws with what they printed when the last one fails */
  run(script: string): Promise<string> {
    const result = this.#last.then(() => this.#run(script));
    this.#last = result.catch(() => undefined);
    return result;
  }

  async #run(script: string): Promise<string> {
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

  async applyRuleset(ruleset: string): Promise<void> {
    await this.run(`nft -f - <<'RULES'\n${ruleset}\nRULES`);
  }

  /** A Pod's network as process-cri makes it, and a process in it. @param listeners - such as `:80/tcp` */
  async addPod(name: string, address: string, listeners: readonly string[]): Promise<void> {
    const { host } = this.addresses;
    const veth = vethAt(address);
    const ip = (...lines: string[]) => `printf '%s\\n' ${lines.map((line) => `'${line}'`).join(' ')}`;
    await this.run(`ip netns add ${name} &&
      ${ip(`link add ${veth} type veth peer name eth0 netns ${name}`, `link set ${veth} up`, `route add ${address}/32 dev ${veth}`)} | ip -batch - &&
      ${ip('link set lo up', `addr add ${address}/32 dev eth0`, 'link set eth0 up', `route add ${host} dev eth0 scope link`, `route add default via ${host} dev eth0`)} | ip -n ${name} -batch -`);
    await this.#start(name, `ip netns exec ${name}`, listeners);
  }

  /** A process in the nodes' own namespace. */
  addProcess(name: string, listeners: readonly string[]): Promise<void> {
    return this.#start(name, '', listeners);
  }

  async removePod(name: string, address: string): Promise<void> {
    const link = `ip link del ${vethAt(address)} 2>&1 || true`;
    await this.run(`ip netns pids ${name} | xargs kill -9; ip netns del ${name}; ${link}`);
  }

  /** Whether the process of that name is answered there. */
  async reaches(name: string, attempt: Attempt): Promise<boolean> {
    const socket = connect({ path: this.#socket(name) });
    socket.write(JSON.stringify(attempt));
    return JSON.parse(await text(socket)) as boolean;
  }

  async close(): Promise<void> {
    if (this.#shell.exitCode === null) {
      const ended = new Promise((resolve) => this.#shell.on('exit', resolve));
      this.#shell.stdin.end('exit\n');
      await ended;
    }
    await rm(this.folder, { recursive: true, force: true });
  }

  async #start(name: string, within: string, listeners: readonly string[]): Promise<void> {
    const command = `${within} "${process.execPath}" "${here('pod-process.ts')}" "${this.#socket(name)}" ${listeners.join(' ')}`;
    await this.run(`${command} >"${this.folder}/${name}.log" 2>&1 &`);
    for (let tries = 0; ; tries++) {
      const isThere = await this.reaches(name, { host: '127.0.0.1', port: 1, protocol: 'tcp' }).catch(() => undefined);
      if (isThere !== undefined) return;
      if (tries > 200)
        throw new Error(
          `the process of ${name} does not answer: ${await this.run(`cat "${this.folder}/${name}.log"`)}`,
        );
      await sleep(50);
    }
  }

  #socket(name: string): string {
    return join(this.folder, `${name}.sock`);
  }
}
