import type { Runtime } from '../runtime.ts';
import type { Labels, PodSandboxConfig, SandboxState } from './messages.ts';
import type { Handler } from './server.ts';
import { containerStatusMessage, matchesLabels, sandboxMessage, sandboxStatusMessage } from './status-messages.ts';
import { CriError } from '../errors.ts';
import { nowNs } from '../state/clock.ts';

interface SandboxFilter {
  id: string;
  state: { state: SandboxState } | null;
  label_selector: Labels;
}
interface SandboxId {
  pod_sandbox_id: string;
}

export function sandboxCalls(runtime: Runtime): Record<string, Handler> {
  const { sandboxes, containers } = runtime;
  const stop = async (id: string) => {
    for (const container of containers.list().filter(({ sandboxId }) => sandboxId === id))
      await containers.stop(container.id, 0);
    await sandboxes.stop(id);
  };
  return {
    RunPodSandbox: async ({
      config,
      runtime_handler: handler,
    }: {
      config: PodSandboxConfig | null;
      runtime_handler: string;
    }) => {
      if (config === null) throw new CriError('INVALID_ARGUMENT', 'making a sandbox: it has no config');
      if (handler !== '')
        throw new CriError('NOT_FOUND', `making a sandbox: there is no runtime handler "${handler}"`, {
          hint: 'leave runtimeClassName unset',
        });
      return { pod_sandbox_id: await sandboxes.run(config, handler) };
    },
    StopPodSandbox: async ({ pod_sandbox_id: id }: SandboxId) => {
      await stop(id);
      return {};
    },
    RemovePodSandbox: async ({ pod_sandbox_id: id }: SandboxId) => {
      await stop(id);
      for (const container of containers.list().filter(({ sandboxId }) => sandboxId === id))
        await containers.remove(container.id);
      await sandboxes.remove(id);
      return {};
    },
    PodSandboxStatus: ({ pod_sandbox_id: id, verbose }: SandboxId & { verbose: boolean }) => {
      const record = sandboxes.require(id);
      return {
        status: sandboxStatusMessage(record),
        containers_statuses: containers
          .list()
          .filter(({ sandboxId }) => sandboxId === id)
          .map(containerStatusMessage),
        timestamp: nowNs(),
        info: verbose ? { network: JSON.stringify(record.network ?? 'the node’s') } : {},
      };
    },
    ListPodSandbox: ({ filter }: { filter: SandboxFilter | null }) => ({
      items: sandboxes
        .list()
        .filter(
          ({ id, ready, labels }) =>
            filter === null ||
            ((filter.id === '' || id.startsWith(filter.id)) &&
              (filter.state === null || (filter.state.state === 'SANDBOX_READY') === ready) &&
              matchesLabels(labels, filter.label_selector)),
        )
        .map(sandboxMessage),
    }),
    UpdatePodSandboxResources: () => ({}),
  };
}
