import { listOf, mappingOf } from '../mapping.ts';
import type { BuildInput } from './build-input.ts';
import type { Container, Workload } from './workload.ts';

/** A StatefulSet of Consul servers, which agree by majority. */
export interface ConsulServers {
  readonly workload: Workload;
  readonly container: Container;
  readonly replicas: number;
  /** `-bootstrap-expect` as the servers are started with; undefined where it is not given or not to be read. */
  readonly bootstrapExpect: number | undefined;
}

/** Consul's own name for the number of servers to wait for. @see https://developer.hashicorp.com/consul/docs/reference/agent/configuration-file/general#bootstrap_expect */
const expectFlag = /-bootstrap-expect[= ]"?\$?[({]?(?<value>\w+)/;

/** StatefulSets whose containers start Consul as a server. */
export function consulServers({ objects }: BuildInput): readonly ConsulServers[] {
  return objects.workloads().flatMap((workload) => {
    if (workload.kind !== 'StatefulSet') return [];
    const container = workload.containers.find(({ container: each }) => /(^|\s)-server(\s|$|=)/m.test(commandOf(each)));
    if (container === undefined || !/consul/.test(String(container.container['image']))) return [];
    const { replicas = 1 } = mappingOf(workload.object.object['spec']);
    return [{ workload, container, replicas: Number(replicas), bootstrapExpect: expectOf(container) }];
  });
}

function commandOf(container: Readonly<Record<string, unknown>>): string {
  return [...listOf(container['command']), ...listOf(container['args'])].join('\n');
}

function expectOf({ container }: Container): number | undefined {
  const value = expectFlag.exec(commandOf(container))?.groups?.['value'];
  if (value === undefined) return undefined;
  const fromEnv = listOf(container['env'])
    .map(mappingOf)
    .find(({ name }) => name === value)?.['value'];
  const number = Number(fromEnv ?? value);
  return Number.isInteger(number) ? number : undefined;
}

/** Servers that must be there for the others to be of use. */
export function majorityOf(servers: number): number {
  return Math.floor(servers / 2) + 1;
}
