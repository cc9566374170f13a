import { randomBytes } from 'node:crypto';
import { EventEmitter } from 'node:events';
import { readdirSync } from 'node:fs';
import { appendFile, mkdir, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Logger } from 'pino';
import type { ContainerEventType, LinuxContainerResources } from '../cri/messages.ts';
import type { Monitor } from '../engine/monitor.ts';
import type { OciRuntime } from '../engine/oci-runtime.ts';
import { CriError } from '../errors.ts';
import { nowNs } from '../state/clock.ts';
import { ContainerRecord } from '../state/records.ts';
import { RecordStore } from '../state/record-store.ts';
import type { Exit, Exits } from './exits.ts';
import { processStart, signalProcess } from '../processes/process.ts';
import { stopSignalNumber } from './stop-signal.ts';

/** What a container is made of, all but what only its process can tell. */
export type NewContainer = Omit<
  ContainerRecord,
  'id' | 'state' | 'pid' | 'pidStart' | 'createdAt' | 'startedAt' | 'finishedAt' | 'exitCode' | 'reason' | 'message'
>;

export interface ContainerOptions {
  readonly root: string;
  readonly runtimeState: string;
  readonly monitor: Monitor;
  readonly runtime: OciRuntime;
  readonly exits: Exits;
  readonly log: Logger;
}

/** How long after a container's process has gone its monitor may take to say with which code. */
const EXIT_GRACE_MS = 2000;
/** How long a killed process may take to die before the stop is an error. */
const KILL_WAIT_MS = 10_000;
const UNKNOWN_EXIT: Omit<Exit, 'at'> = { code: 255 };

/** Containers through their life: created, running, exited. Emits `change` with the id and what happened. */
export class Containers extends EventEmitter<{ change: [id: string, type: ContainerEventType, sandboxId: string] }> {
  readonly #store: RecordStore<ContainerRecord>;
  readonly #options: ContainerOptions;
  readonly #missingSince = new Map<string, number>();

  constructor(options: ContainerOptions) {
    super();
    this.#options = options;
    this.#store = new RecordStore(options.root, ContainerRecord);
    options.exits.watch((id) => this.#settle(id));
  }

  /** Finds out what became of the containers of a former run, and ends what a crash left half-made. */
  async recover(): Promise<void> {
    for (const { id } of this.#store.list()) this.#settle(id);
    const left = readFolder(this.#options.runtimeState).filter((id) => this.#store.get(id) === undefined);
    for (const id of left)
      await this.#options.runtime
        .delete(id)
        .catch((error: unknown) => this.#options.log.warn({ err: error, container: id }, 'leftover'));
  }

  list(): readonly ContainerRecord[] {
    for (const { id, state, pid } of this.#store.list()) if (isLive(state) && !isThere(pid)) this.#settle(id);
    return this.#store.list();
  }

  find(id: string): ContainerRecord | undefined {
    const record = this.#store.get(id);
    if (record !== undefined && isLive(record.state) && !isThere(record.pid)) this.#settle(id);
    return this.#store.get(id);
  }

  /** @throws {@link CriError} `NOT_FOUND` */
  require(id: string): ContainerRecord {
    const record = this.find(id);
    if (record === undefined) throw new CriError('NOT_FOUND', `looking for container ${id}: there is none`);
    return record;
  }

  /** Folder with the container's configuration, root and monitor's files. */
  bundle(id: string): string {
    return this.#store.folder(id);
  }

  /**
   * Makes a container whose process waits for the start.
   *
   * @param write - writes the bundle into the new folder it is given.
   */
  async create(container: NewContainer, write: (folder: string) => void): Promise<string> {
    const id = randomBytes(16).toString('hex');
    const bundle = this.bundle(id);
    try {
      await mkdir(bundle, { recursive: true, mode: 0o700 });
      write(bundle);
      const logPath = container.logPath || '/dev/null';
      await mkdir(dirname(logPath), { recursive: true });
      if (container.warning !== '')
        await appendFile(logPath, `${new Date().toISOString()} stderr F process-cri: ${container.warning}\n`);
      const pid = await this.#options.monitor.create({
        id,
        bundle,
        logPath,
        tty: container.tty,
        stdin: container.stdin,
      });
      const pidStart = processStart(pid) ?? '';
      const times = { createdAt: nowNs(), startedAt: '0', finishedAt: '0' };
      this.#store.save({
        ...container,
        ...times,
        id,
        state: 'CREATED',
        pid,
        pidStart,
        exitCode: 0,
        reason: '',
        message: '',
      });
    } catch (error) {
      await this.#options.runtime.delete(id).catch(() => undefined);
      await rm(bundle, { recursive: true, force: true });
      this.#options.exits.forget(id);
      throw error;
    }
    this.emit('change', id, 'CONTAINER_CREATED_EVENT', container.sandboxId);
    return id;
  }

  async start(id: string): Promise<void> {
    const record = this.require(id);
    if (record.state !== 'CREATED')
      throw new CriError('FAILED_PRECONDITION', `starting container ${id}: it is ${record.state}, not CREATED`);
    // Said first: the process may end before crun does, and must not be taken for one that never started.
    this.#store.save({ ...record, state: 'RUNNING', startedAt: nowNs() });
    this.emit('change', id, 'CONTAINER_STARTED_EVENT', record.sandboxId);
    try {
      await this.#options.runtime.start(id);
    } catch (error) {
      signalProcess(record, 'SIGKILL');
      await this.#exited(id, KILL_WAIT_MS);
      throw error;
    }
  }

  /**
   * Sends the stop signal, and after the grace period SIGKILL. A container that is not running, or that is gone, is no error.
   *
   * @param graceMs - 0 kills at once.
   */
  async stop(id: string, graceMs: number): Promise<void> {
    const record = this.find(id);
    if (record === undefined || !isLive(record.state)) return;
    if (record.state === 'RUNNING' && graceMs > 0) {
      signalProcess(record, stopSignalNumber(record.stopSignal));
      if (await this.#exited(id, graceMs)) return;
    }
    signalProcess(record, 'SIGKILL');
    if (await this.#exited(id, KILL_WAIT_MS)) return;
    throw new CriError(
      'DEADLINE_EXCEEDED',
      `stopping container ${id}: process ${String(record.pid)} is still there after SIGKILL`,
    );
  }

  /** Kills it if it runs, and removes all of it but its log. */
  async remove(id: string): Promise<void> {
    const record = this.find(id);
    if (record === undefined) return;
    await this.stop(id, 0);
    await this.#options.runtime.delete(id);
    this.#options.exits.forget(id);
    await this.#store.remove(id);
    this.emit('change', id, 'CONTAINER_DELETED_EVENT', record.sandboxId);
  }

  /** Remembers what was asked; nothing enforces it. */
  updateResources(id: string, resources: LinuxContainerResources): void {
    this.#store.save({ ...this.require(id), resources });
  }

  async #exited(id: string, withinMs: number): Promise<boolean> {
    const ended = () => !isLive(this.find(id)?.state ?? 'EXITED');
    if (ended()) return true;
    return await new Promise((resolve) => {
      const done = (result: boolean) => {
        clearTimeout(deadline);
        clearInterval(look);
        this.off('change', onChange);
        resolve(result);
      };
      const onChange = (changed: string) => {
        if (changed === id && ended()) done(true);
      };
      // The monitor may have been killed: then no exit file comes, but the process is gone.
      const look = setInterval(() => ended() && done(true), 500);
      const deadline = setTimeout(() => done(ended()), withinMs);
      this.on('change', onChange);
    });
  }

  /** Takes note of an exit code, or of a process that is gone without one. */
  #settle(id: string): void {
    const record = this.#store.get(id);
    if (record === undefined || !isLive(record.state)) return;
    const exit = this.#options.exits.read(id) ?? this.#exitWithoutCode(record);
    if (exit === undefined) return;
    this.#missingSince.delete(id);
    const lost = exit.code === UNKNOWN_EXIT.code && 'lost' in exit;
    this.#store.save({
      ...record,
      state: 'EXITED',
      exitCode: exit.code,
      finishedAt: exit.at,
      reason: exit.code === 0 ? 'Completed' : 'Error',
      message: lost
        ? 'its exit code is not known: its monitor ended before it, or the machine’s namespaces were made anew'
        : '',
    });
    this.emit('change', id, 'CONTAINER_STOPPED_EVENT', record.sandboxId);
  }

  #exitWithoutCode({ id, pid, pidStart }: ContainerRecord): (Exit & { lost: true }) | undefined {
    if (processStart(pid) === pidStart) return undefined;
    const since = this.#missingSince.get(id) ?? Date.now();
    this.#missingSince.set(id, since);
    if (Date.now() - since < EXIT_GRACE_MS) {
      setTimeout(() => this.#settle(id), EXIT_GRACE_MS).unref();
      return undefined;
    }
    return { ...UNKNOWN_EXIT, at: nowNs(), lost: true };
  }
}

function isLive(state: ContainerRecord['state']): boolean {
  return state === 'CREATED' || state === 'RUNNING';
}

function isThere(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

function readFolder(path: string): string[] {
  try {
    return readdirSync(path).filter((name) => /^[0-9a-f]{32}$/.test(name));
  } catch {
    return [];
  }
}
