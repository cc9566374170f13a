import { setTimeout as sleep } from 'node:timers/promises';
import { fingerprint } from '@gatefleet/certificate-commands';
import { z } from 'zod';
import { CliError } from '../errors.ts';
import type { Say } from '../output/progress.ts';
import { refreshMounts } from './replicas.ts';
import { until, type Replaced, type RotationWorld } from './rotate.ts';
import { restart, workloadsWith } from './workloads.ts';

const NAME = 'consul-certificates';
const STEP_VARIABLE = 'GATEFLEET_ROTATION_STEP';
/** Whose files say whom to trust. */
const TRUSTED = 'consul-ca';
/** What servers show. */
const SHOWN = 'consul-server-certificate';
/** They read those files again; whoever else has them reads them at the start alone. */
const readAgain = ['consul', 'acme-controller'];
/** Kubelet brings what changed when it is told to look, at the latest after a minute and a half; the controller looks every ten seconds. */
const SETTLED_MS = 100_000;

type Step = 'authority' | 'certificate' | 'finish';

const Container = z.looseObject({ env: z.array(z.looseObject({ name: z.string() })).default([]) });
const CronJob = z.object({
  spec: z.object({
    jobTemplate: z.looseObject({
      spec: z.looseObject({
        template: z.looseObject({ spec: z.looseObject({ containers: z.array(Container) }) }),
      }),
    }),
  }),
});
const Job = z.object({
  metadata: z.object({ name: z.string() }),
  status: z
    .object({
      conditions: z
        .array(z.object({ type: z.string(), status: z.string(), message: z.string().default('') }))
        .default([]),
    })
    .prefault({}),
});
const Secret = z.object({
  metadata: z.object({ resourceVersion: z.string() }),
  data: z.record(z.string(), z.string()).default({}),
});

/**
 * Replaces the certificate of Consul's servers, and with `ca` the CA too: trusted beside the one before, then shown, and only then is the one before
 * forgotten. Safe to repeat after it was broken off: a CA that signs nothing yet is taken for the one to come.
 * @throws CliError
 */
export async function rotateConsulCertificates(
  world: RotationWorld,
  { ca }: { readonly ca: boolean },
): Promise<readonly Replaced[]> {
  const { progress } = world;
  const trusted = async (say: Say) => {
    await settled(world, say);
    const users = await workloadsWith(new Set([TRUSTED]), world);
    for (const user of users.filter(({ name }) => !readAgain.includes(name)))
      await restart(user, (await readSecret(TRUSTED, world)).metadata.resourceVersion, world, say);
  };
  const step = (title: string, name: Step, proof: (say: Say) => Promise<void>) =>
    progress.step(title, async (say) => {
      await runStep(name, world, say);
      await proof(say);
    });
  if (ca) await step('trusting a CA to come beside that which is', 'authority', trusted);
  await step('showing a new certificate', 'certificate', (say) => settled(world, say));
  if (ca) await step('forgetting the CA of before', 'finish', trusted);
  const { data } = await readSecret(SHOWN, world);
  return [{ secret: SHOWN, now: fingerprint(Buffer.from(data['tls.crt'] ?? '', 'base64').toString('utf8')) }];
}

async function settled(world: RotationWorld, say: Say): Promise<void> {
  for (const component of readAgain) await refreshMounts(component, world);
  say(`kubelet to bring it to all, ${SETTLED_MS / 1_000} s`);
  await sleep(SETTLED_MS, undefined, { signal: world.signal });
}

async function readSecret(
  name: string,
  { kubernetes, namespace, signal }: RotationWorld,
): Promise<z.infer<typeof Secret>> {
  return Secret.parse(await kubernetes.read(`/api/v1/namespaces/${namespace}/secrets/${name}`, signal));
}

/** What the CronJob does each night, with the wish for a step. */
async function runStep(step: Step, { kubernetes, namespace, signal }: RotationWorld, say: Say): Promise<void> {
  const { spec } = CronJob.parse(
    await kubernetes.read(`/apis/batch/v1/namespaces/${namespace}/cronjobs/${NAME}`, signal),
  );
  const jobs = `/apis/batch/v1/namespaces/${namespace}/jobs`;
  const made = Job.parse(await kubernetes.create(jobs, jobOf(spec.jobTemplate, step), signal));
  const path = `${jobs}/${made.metadata.name}`;
  await until(
    async () => {
      const { conditions } = Job.parse(await kubernetes.read(path, signal)).status;
      const has = (type: string) => conditions.find((each) => each.type === type && each.status === 'True');
      const failed = has('Failed');
      if (failed !== undefined) {
        throw new CliError('COMMAND_FAILED', `replacing Consul's certificates: ${failed.message}`, {
          hint: `\`kubectl -n ${namespace} logs job/${made.metadata.name}\` tells why; then give the same command again`,
        });
      }
      return has('Complete') ? undefined : `the Job ${made.metadata.name}`;
    },
    say,
    signal,
  );
  await kubernetes.remove(`${path}?propagationPolicy=Background`, signal);
}

/** @param template - of the CronJob; each of its containers is told the step. */
export function jobOf(template: z.infer<typeof CronJob>['spec']['jobTemplate'], step: Step): object {
  const { spec } = template;
  const pod = spec.template;
  const containers = pod.spec.containers.map((container) => ({
    ...container,
    env: [...container.env, { name: STEP_VARIABLE, value: step }],
  }));
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { generateName: `${NAME}-${step}-` },
    // It is waited for: that it fails is to be told soon.
    spec: {
      ...spec,
      backoffLimit: 3,
      ttlSecondsAfterFinished: 3_600,
      template: { ...pod, spec: { ...pod.spec, containers } },
    },
  };
}
