import { randomBytes } from 'node:crypto';
import { chmodSync, mkdirSync, readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { hostname as nodeHostname } from 'node:os';
import { join } from 'node:path';
import type { Logger } from 'pino';
import { refusePod } from '../bundle/refuse.ts';
import type { PodSandboxConfig } from '../cri/messages.ts';
import { CriError } from '../errors.ts';
import { nextAddress } from '../network/addresses.ts';
import type { NetworkGate } from '../network/network-gate.ts';
import {
  addPodNetwork,
  networkNames,
  podNetworkExists,
  removePodNetwork,
  type PodNetwork,
} from '../network/pod-network.ts';
import { resolvConfText } from '../network/resolv-conf.ts';
import { planSysctls } from '../network/sysctls.ts';
import { nowNs } from '../state/clock.ts';
import { RecordStore } from '../state/record-store.ts';
import { SandboxRecord } from '../state/records.ts';

export interface SandboxOptions {
  readonly root: string;
  /** Folder in memory; each Pod's /dev/shm is in it. */
  readonly shmRoot: string;
  readonly podCidr: string;
  readonly gateway: string;
  /** Absent: nobody has to be asked before a Pod's network is used. */
  readonly gate: NetworkGate | undefined;
  readonly log: Logger;
}

/** The Pods' sandboxes: a network namespace and a record each, no process. */
export class Sandboxes {
  readonly #store: RecordStore<SandboxRecord>;
  readonly #options: SandboxOptions;
  readonly #addresses = new Set<string>();
  #podCidr: string;
  #lastAddress: string | undefined;

  constructor(options: SandboxOptions) {
    this.#options = options;
    this.#podCidr = options.podCidr;
    this.#store = new RecordStore(options.root, SandboxRecord);
    for (const record of this.#store.list()) this.#recover(record);
  }

  get podCidr(): string {
    return this.#podCidr;
  }

  /** New Pods get addresses of this range; those that have one keep it. */
  set podCidr(range: string) {
    this.#podCidr = range;
  }

  list(): readonly SandboxRecord[] {
    return this.#store.list();
  }

  find(id: string): SandboxRecord | undefined {
    return this.#store.get(id);
  }

  /** @throws {@link CriError} `NOT_FOUND` */
  require(id: string): SandboxRecord {
    const record = this.#store.get(id);
    if (record === undefined) throw new CriError('NOT_FOUND', `looking for sandbox ${id}: there is none`);
    return record;
  }

  shmFolder(id: string): string {
    return join(this.#options.shmRoot, id);
  }

  /** Makes a sandbox and returns its id. @throws CriError */
  async run(config: PodSandboxConfig, runtimeHandler: string): Promise<string> {
    refusePod(config);
    if (config.metadata === null) throw new CriError('INVALID_ARGUMENT', 'making a sandbox: it has no metadata');
    const namespaces = config.linux?.security_context?.namespace_options;
    const hostNetwork = namespaces?.network === 'NODE';
    const sysctls = planSysctls(config.linux?.sysctls ?? {}, hostNetwork);
    const id = randomBytes(16).toString('hex');
    const network = hostNetwork ? undefined : { ...networkNames(id), address: this.#takeAddress() };
    try {
      mkdirSync(this.shmFolder(id), { recursive: true });
      chmodSync(this.shmFolder(id), 0o1777); // containers of one Pod may run as several users
      if (network !== undefined) {
        await addPodNetwork(network, this.#options.gateway, sysctls.network);
        await this.#options.gate?.added(config.metadata, network.address);
      }
      this.#store.save({
        id,
        metadata: config.metadata,
        labels: config.labels,
        annotations: config.annotations,
        runtimeHandler,
        createdAt: nowNs(),
        ready: true,
        hostname: config.hostname || nodeHostname(),
        logDirectory: config.log_directory,
        resolvConf: resolvConfText(config.dns_config, nodeResolvConf()),
        containerSysctls: { ...sysctls.container },
        namespaces: {
          network: namespaces?.network ?? 'POD',
          pid: namespaces?.pid ?? 'CONTAINER',
          ipc: namespaces?.ipc ?? 'POD',
        },
        ...(network === undefined ? {} : { network }),
      });
    } catch (error) {
      if (network !== undefined) await this.#takeDown(network).catch(() => undefined); // what comes first is told
      throw error;
    }
    return id;
  }

  /** Takes away the sandbox's network and frees its address. Its containers have to be stopped before. Again is no error. */
  async stop(id: string): Promise<void> {
    const record = this.#store.get(id);
    if (record === undefined || (!record.ready && record.network === undefined)) return;
    const { network, ...rest } = record;
    if (network !== undefined) await this.#takeDown(network);
    this.#store.save({ ...rest, ready: false });
  }

  async remove(id: string): Promise<void> {
    await this.stop(id);
    await rm(this.shmFolder(id), { recursive: true, force: true });
    await this.#store.remove(id);
  }

  async #takeDown(network: PodNetwork): Promise<void> {
    await removePodNetwork(network);
    // Nobody is at the address any more, and who gets it next is announced: a failure leaves no door open.
    await this.#options.gate?.removed(network.address).catch((error: unknown) => {
      this.#options.log.warn({ address: network.address, error: String(error) }, 'could not tell that it is free');
    });
    this.#addresses.delete(network.address);
  }

  #takeAddress(): string {
    const address = nextAddress(this.#podCidr, new Set([...this.#addresses, this.#options.gateway]), this.#lastAddress);
    this.#addresses.add(address);
    this.#lastAddress = address;
    return address;
  }

  #recover(record: SandboxRecord): void {
    if (record.network === undefined) return;
    if (podNetworkExists(record.network)) {
      this.#addresses.add(record.network.address);
      return;
    }
    const { network, ...rest } = record;
    this.#options.log.info(
      { sandbox: record.id, address: network.address },
      'sandbox has lost its network: not ready any more',
    );
    this.#store.save({ ...rest, ready: false });
  }
}

function nodeResolvConf(): string {
  try {
    return readFileSync('/etc/resolv.conf', 'utf8');
  } catch {
    return '';
  }
}
