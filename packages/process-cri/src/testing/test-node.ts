import {
  chmodSync,
  chownSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { setTimeout as after } from 'node:timers/promises';
import { ensureAsset } from '@gatefleet/toolchain';
import { processCriMain, type CatalogueInput, type RuntimeConfigInput } from '../index.ts';
import { CriClient } from './cri-client.ts';
import { NodeNamespace, type Owner } from './node-namespace.ts';

// eslint-disable-next-line @typescript-eslint/no-explicit-any -- tests look into messages as they please
type Message = any;

export interface Outcome {
  readonly exitCode: number;
  readonly reason: string;
  readonly stdout: string;
  readonly stderr: string;
}

const NOBODY = 65534;
/** With `OCI_RUNTIME=runc` the same tests run on the other one. */
const ociRuntime = process.env['OCI_RUNTIME'] === 'runc' ? 'runc' : 'crun';

/** A node without kubelet: namespaces with process-cri in them, and a client. */
export class TestNode {
  readonly folder: string;
  readonly #owner: Owner;
  #namespace: NodeNamespace;
  #client: CriClient | undefined;
  #pid = 0;
  #pods = 0;
  #containers = 0;

  private constructor(folder: string, owner: Owner, namespace: NodeNamespace) {
    this.folder = folder;
    this.#owner = owner;
    this.#namespace = namespace;
  }

  static async open(
    owner: Owner,
    catalogue: CatalogueInput,
    config: Partial<RuntimeConfigInput> = {},
  ): Promise<TestNode> {
    const folder = mkdtempSync(join(tmpdir(), 'process-cri-'));
    if (owner !== 'root' && process.getuid?.() === 0) chownSync(folder, NOBODY, NOBODY);
    const node = new TestNode(folder, owner, await NodeNamespace.open(owner));
    const settings: RuntimeConfigInput = {
      socket: node.socket,
      root: join(folder, 'state'),
      podCidr: '10.100.1.0/24',
      gateway: '10.100.0.1',
      catalogueFile: join(folder, 'catalogue.json'),
      apiProto: node.share(await ensureAsset('cri-api-proto')),
      runtime: { name: ociRuntime, path: (await node.namespace.run(`command -v ${ociRuntime}`)).trim() },
      conmon: (await node.namespace.run('command -v conmon')).trim(),
      ids: owner === 'single' ? 'single' : 'full',
      ...config,
      ...(config.streaming === undefined ? {} : { streaming: node.share(config.streaming) }),
    };
    writeFileSync(settings.catalogueFile, JSON.stringify(catalogue));
    writeFileSync(join(folder, 'config.json'), JSON.stringify(settings));
    await node.start();
    return node;
  }

  /** A copy of a program where the node's owner can run it: the cache may be in a home folder that others cannot read. */
  share(program: string): string {
    const copy = join(this.folder, 'shared', basename(program));
    mkdirSync(dirname(copy), { recursive: true });
    copyFileSync(program, copy);
    chmodSync(copy, 0o755);
    return copy;
  }

  get socket(): string {
    return join(this.folder, 'cri.sock');
  }

  get log(): string {
    return readFileSync(join(this.folder, 'process-cri.log'), 'utf8');
  }

  async start(): Promise<void> {
    const command = `"${process.execPath}" "${processCriMain}" --config "${this.folder}/config.json"`;
    const printed = await this.namespace.run(`${command} >>"${this.folder}/process-cri.log" 2>&1 & echo $!`);
    this.#pid = Number(printed.trim());
    for (let tries = 0; !existsSync(this.socket); tries++) {
      if (tries > 400) throw new Error(`process-cri does not answer: ${this.log}`);
      await after(50);
    }
    this.#client = new CriClient(join(this.folder, 'shared/api.proto'), this.socket);
  }

  /** Ends process-cri alone, as a crash would. */
  async kill(): Promise<void> {
    this.#client?.close();
    await this.namespace.run(
      `kill -9 ${String(this.#pid)}; wait ${String(this.#pid)} 2>/dev/null; rm "${this.socket}"`,
    );
  }

  /** Ends everything and starts again on the same state, as after a restart of the machine. */
  async reboot(): Promise<void> {
    this.#client?.close();
    await this.namespace.close();
    rmSync(this.socket);
    this.#namespace = await NodeNamespace.open(this.#owner);
    await this.start();
  }

  async close(): Promise<void> {
    this.#client?.close();
    await this.namespace.close();
    rmSync(this.folder, { recursive: true, force: true });
  }

  get namespace(): NodeNamespace {
    return this.#namespace;
  }

  get client(): CriClient {
    if (this.#client === undefined) throw new Error('process-cri was not started');
    return this.#client;
  }

  async call(name: string, request: Message = {}): Promise<Message> {
    return await this.client.call(name, request);
  }

  /** A Pod's folder as kubelet keeps one, made by the node's root. */
  async volume(uid: string, name: string): Promise<string> {
    const path = join(this.folder, 'kubelet/pods', uid, 'volumes', name);
    await this.namespace.run(`mkdir -p "${path}"`);
    return path;
  }

  async pod(config: Message = {}): Promise<{ id: string; uid: string; ip: string }> {
    const uid = `uid-${String(++this.#pods)}`;
    const request = {
      metadata: { name: `pod-${String(this.#pods)}`, uid, namespace: 'test', attempt: 0 },
      hostname: `pod-${String(this.#pods)}`,
      log_directory: join(this.folder, 'logs', uid),
      ...config,
    };
    const { pod_sandbox_id: id } = await this.call('RunPodSandbox', { config: request });
    const { status } = await this.call('PodSandboxStatus', { pod_sandbox_id: id });
    return { id, uid, ip: status.network.ip };
  }

  /** @param security - the container's Linux security context. */
  async create(pod: { id: string }, config: Message = {}, security: Message = {}): Promise<string> {
    const name = `c-${String(++this.#containers)}`;
    const { container_id: id } = await this.call('CreateContainer', {
      pod_sandbox_id: pod.id,
      config: {
        metadata: { name, attempt: 0 },
        image: { image: 'test/shell:1' },
        log_path: `${name}/0.log`,
        linux: { security_context: security },
        ...config,
      },
      sandbox_config: {},
    });
    return id;
  }

  /** @param script - for the image's shell. */
  async launch(pod: { id: string }, script: string, config: Message = {}, security: Message = {}): Promise<string> {
    const id = await this.create(pod, { args: [script], ...config }, security);
    await this.call('StartContainer', { container_id: id });
    return id;
  }

  /** Runs a container to its end. */
  async outcome(pod: { id: string }, script: string, config: Message = {}, security: Message = {}): Promise<Outcome> {
    const id = await this.launch(pod, script, config, security);
    const status = await this.exited(id);
    return { exitCode: status.exit_code, reason: status.reason, ...readLog(status.log_path) };
  }

  async status(id: string): Promise<Message> {
    return (await this.call('ContainerStatus', { container_id: id })).status;
  }

  async exited(id: string): Promise<Message> {
    return await this.until(`the end of ${id}`, async () => {
      const status = await this.status(id);
      return status.state === 'CONTAINER_EXITED' ? status : undefined;
    });
  }

  async exec(id: string, command: string, timeout = 20): Promise<{ exitCode: number; stdout: string; stderr: string }> {
    const answer = await this.call('ExecSync', { container_id: id, cmd: ['sh', '-c', command], timeout });
    return { exitCode: answer.exit_code, stdout: answer.stdout.toString(), stderr: answer.stderr.toString() };
  }

  async until<T>(what: string, look: () => Promise<T | undefined> | T | undefined): Promise<T> {
    for (let tries = 0; tries < 400; tries++) {
      const found = await look();
      if (found !== undefined) return found;
      await after(50);
    }
    throw new Error(`waited in vain for ${what}; process-cri says: ${this.log}`);
  }
}

/** The lines of a log in the CRI's format, by stream. */
export function readLog(path: string): { stdout: string; stderr: string } {
  const streams = { stdout: '', stderr: '' };
  for (const line of readFileSync(path, 'utf8').split('\n').filter(Boolean)) {
    const [, stream, tag, text] = /^\S+ (stdout|stderr) ([FP]) (.*)$/s.exec(line) ?? [];
    if (stream !== 'stdout' && stream !== 'stderr') throw new Error(`not a line of a CRI log: ${line}`);
    streams[stream] += `${text ?? ''}${tag === 'F' ? '\n' : ''}`;
  }
  return streams;
}
