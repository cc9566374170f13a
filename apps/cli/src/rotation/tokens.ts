import { setTimeout as sleep } from 'node:timers/promises';
import { componentTokenSecret, fingerprint, managementTokenSecret } from '@gatefleet/certificate-commands';
import { z } from 'zod';
import { CliError } from '../errors.ts';
import type { Say } from '../output/progress.ts';
import { bringConsulInLine } from './consul-job.ts';
import type { HeldSecret } from './held-secret.ts';
import { untilReplicas } from './replicas.ts';
import type { Rotation, RotationWorld } from './rotate.ts';
import { restart, untilJobsEnded, workloadsWith } from './workloads.ts';

const CONTROLLER = 'acme-controller';
const MANAGEMENT = 'management';
const PREFIX = componentTokenSecret('').name;
/** Prometheus' operator passes a Secret on through one of its own, which kubelet brings into the Pod within a minute or so. */
const PROMETHEUS_MS = 180_000;

const Named = z.object({ items: z.array(z.object({ metadata: z.object({ name: z.string() }) })) });

/** Of tokens in Consul, all when none is named. @throws CliError `BAD_ARGUMENT` for a name that has no token */
export async function tokensRotation(names: readonly string[], world: RotationWorld): Promise<Rotation> {
  const { kubernetes, namespace, signal } = world;
  const { items } = Named.parse(await kubernetes.read(`/api/v1/namespaces/${namespace}/secrets`, signal));
  const components = items
    .map(({ metadata }) => metadata.name)
    .filter((name) => name.startsWith(PREFIX))
    .map((name) => name.slice(PREFIX.length));
  const all = [...components, MANAGEMENT];
  const unknown = names.filter((name) => !all.includes(name));
  if (unknown.length > 0) {
    throw new CliError('BAD_ARGUMENT', `rotating tokens: there is none called ${unknown.join(', ')}`, {
      hint: `there are ${all.join(', ')}`,
    });
  }
  const chosen = names.length === 0 ? all : [...new Set(names)];
  const secrets = chosen.map((name) => (name === MANAGEMENT ? managementTokenSecret : componentTokenSecret(name)));
  const inLine = (_: unknown, say: Say) => bringConsulInLine(world, say);
  return {
    what: chosen.length === 1 ? `the token ${chosen.join('')}` : `the tokens ${chosen.join(', ')}`,
    secrets,
    known: inLine,
    used: (held, say) => untilUsed(held, world, say),
    gone: inLine,
  };
}

/** The controller reads its tokens again; what else has one is replaced, as its own rollout says. */
async function untilUsed(held: readonly HeldSecret[], world: RotationWorld, say: Say): Promise<void> {
  const startedAt = performance.now();
  const goals = new Map(held.flatMap(({ secret, goal }) => (goal === undefined ? [] : [[secret.name, goal]])));
  await untilReplicas(
    ({ tokens }) =>
      Object.entries(tokens).every(([component, now]) => {
        const goal = goals.get(componentTokenSecret(component).name);
        return goal === undefined || goal === now;
      }),
    'take their tokens',
    world,
    say,
  );
  for (const workload of await workloadsWith(new Set(goals.keys()), world)) {
    if (workload.name === CONTROLLER) continue;
    const theirs = [...goals].filter(([name]) => workload.secrets.includes(name)).map(([, goal]) => goal);
    await restart(workload, fingerprint(theirs.toSorted().join()), world, say);
  }
  await untilJobsEnded(new Set(goals.keys()), world, say);
  if (goals.has(componentTokenSecret('monitoring').name) && (await hasPodMonitors(world))) {
    const leftMs = PROMETHEUS_MS - (performance.now() - startedAt);
    say('Prometheus to take its token');
    if (leftMs > 0) await sleep(leftMs, undefined, { signal: world.signal });
  }
}

async function hasPodMonitors({ kubernetes, namespace, signal }: RotationWorld): Promise<boolean> {
  const { groups } = z
    .object({ groups: z.array(z.object({ name: z.string() })) })
    .parse(await kubernetes.read('/apis', signal));
  if (!groups.some(({ name }) => name === 'monitoring.coreos.com')) return false;
  const path = `/apis/monitoring.coreos.com/v1/namespaces/${namespace}/podmonitors`;
  return Named.parse(await kubernetes.read(path, signal)).items.length > 0;
}
