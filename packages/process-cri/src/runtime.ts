import { accessSync, constants, mkdirSync, rmSync } from 'node:fs';
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import type { Logger } from 'pino';
import { readHostFacts, type HostFacts } from './bundle/host-facts.ts';
import { ImageCatalogue } from './catalogue/image-catalogue.ts';
import type { RuntimeConfig } from './config.ts';
import { CriError } from './errors.ts';
import { Monitor } from './engine/monitor.ts';
import { Streaming } from './engine/streaming.ts';
import { OciRuntime } from './engine/oci-runtime.ts';
import { networkGateAt } from './network/network-gate.ts';
import { prepareNode } from './network/pod-network.ts';
import { Containers } from './pods/containers.ts';
import { Exits } from './pods/exits.ts';
import { Sandboxes } from './pods/sandboxes.ts';
import { UsageMeter } from './stats/usage-meter.ts';

/** The parts that calls are answered with. */
export interface Runtime {
  readonly config: RuntimeConfig;
  readonly log: Logger;
  readonly host: HostFacts;
  readonly catalogue: ImageCatalogue;
  /** Folder of the images' layers. */
  readonly layers: string;
  readonly oci: OciRuntime;
  readonly monitor: Monitor;
  /** Absent: exec, attach and port-forward are refused. */
  readonly streaming: Streaming | undefined;
  readonly sandboxes: Sandboxes;
  readonly containers: Containers;
  readonly meter: UsageMeter;
  /** Stops watching and ends open streams. Containers go on. */
  readonly close: () => void;
}

/** Makes the parts and finds again what a former run left. */
export async function openRuntime(config: RuntimeConfig, log: Logger): Promise<Runtime> {
  checkPrograms(config);
  const layers = join(config.root, 'images');
  mkdirSync(config.root, { recursive: true, mode: 0o700 });
  mkdirSync(layers, { recursive: true, mode: 0o755 });
  // Short-lived things are in memory, in a folder of this node's own: the nodes of one machine share /run.
  const volatile = join('/run/process-cri', createHash('sha256').update(config.root).digest('hex').slice(0, 12));
  const socketFolder = join(volatile, 'attach');
  mkdirSync(socketFolder, { recursive: true, mode: 0o700 });
  prepareNode();
  const runtimeState = join(volatile, config.runtime.name);
  const oci = new OciRuntime(config.runtime, runtimeState);
  const exits = new Exits(join(config.root, 'exits'));
  const monitor = new Monitor({ conmon: config.conmon, runtime: oci, exitFolder: exits.folder, socketFolder });
  const sandboxes = new Sandboxes({
    root: join(config.root, 'sandboxes'),
    shmRoot: join(volatile, 'shm'),
    podCidr: config.podCidr,
    gateway: config.gateway,
    gate: config.networkGate === undefined ? undefined : networkGateAt(config.networkGate),
    log,
  });
  const containers = new Containers({
    root: join(config.root, 'containers'),
    runtimeState,
    monitor,
    runtime: oci,
    exits,
    log,
  });
  await containers.recover();
  // Layers of former builds of the programs; one that a container stands on must stay as it is.
  if (containers.list().length === 0) {
    rmSync(layers, { recursive: true });
    mkdirSync(layers, { mode: 0o755 });
  }
  const streaming = config.streaming === undefined ? undefined : new Streaming(config.streaming, oci);
  return {
    config,
    log,
    host: readHostFacts(),
    catalogue: new ImageCatalogue(config.catalogueFile),
    layers,
    oci,
    monitor,
    streaming,
    sandboxes,
    containers,
    meter: new UsageMeter(),
    close: () => {
      exits.close();
      streaming?.close();
    },
  };
}

function checkPrograms({ runtime, conmon, streaming }: RuntimeConfig): void {
  for (const path of [runtime.path, conmon, ...(streaming === undefined ? [] : [streaming])]) {
    try {
      accessSync(path, constants.X_OK);
    } catch (cause) {
      throw new CriError('FAILED_PRECONDITION', `starting the runtime: cannot run ${path}`, {
        hint: 'install it, or mend its path in the configuration',
        cause,
      });
    }
  }
}
