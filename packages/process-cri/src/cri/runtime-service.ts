import type { Runtime } from '../runtime.ts';
import { nowNs } from '../state/clock.ts';
import { containerCalls } from './container-calls.ts';
import type { ContainerEventType } from './messages.ts';
import { metricsCalls } from './metrics-calls.ts';
import { nodeCalls } from './node-calls.ts';
import { sandboxCalls } from './sandbox-calls.ts';
import type { Service, StreamHandler } from './server.ts';
import { statsCalls } from './stats-calls.ts';
import { streamCalls } from './stream-calls.ts';
import { containerStatusMessage, sandboxStatusMessage } from './status-messages.ts';

export function runtimeService(runtime: Runtime): Service {
  return {
    calls: {
      ...nodeCalls(runtime),
      ...sandboxCalls(runtime),
      ...containerCalls(runtime),
      ...statsCalls(runtime),
      ...metricsCalls(runtime),
      ...streamCalls(runtime),
    },
    streams: { GetContainerEvents: containerEvents(runtime) },
  };
}

function containerEvents({ containers, sandboxes }: Runtime): StreamHandler {
  return (send, onEnd) => {
    const onChange = (id: string, type: ContainerEventType, sandboxId: string) => {
      const sandbox = sandboxes.find(sandboxId);
      send({
        container_id: id,
        container_event_type: type,
        created_at: nowNs(),
        ...(sandbox === undefined ? {} : { pod_sandbox_status: sandboxStatusMessage(sandbox) }),
        containers_statuses: containers
          .list()
          .filter((record) => record.sandboxId === sandboxId)
          .map(containerStatusMessage),
      });
    };
    containers.on('change', onChange);
    onEnd(() => containers.off('change', onChange));
  };
}
