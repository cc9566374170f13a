import { z } from 'zod';
import { CliError } from '../errors.ts';
import type { Say } from '../output/progress.ts';
import { until, type RotationWorld } from './rotate.ts';

type World = Pick<RotationWorld, 'kubernetes' | 'namespace' | 'signal'>;

const labels = z.record(z.string(), z.string()).default({});
const JobStatus = z.object({ active: z.int().default(0), succeeded: z.int().default(0), failed: z.int().default(0) });
const Jobs = z.object({
  items: z.array(z.object({ metadata: z.object({ name: z.string(), labels }), status: JobStatus.prefault({}) })),
});
const Template = z.looseObject({
  metadata: z.looseObject({ labels }),
  spec: z.looseObject({ template: z.looseObject({ metadata: z.looseObject({ labels }), spec: z.looseObject({}) }) }),
});
const Job = z.object({
  metadata: z.object({ name: z.string() }),
  status: JobStatus.extend({
    conditions: z
      .array(z.object({ type: z.string(), status: z.string(), message: z.string().default('') }))
      .default([]),
  }).prefault({}),
});

const NAME = 'consul-acl';

/** Brings Consul in line with the Secrets now: as each sync does, by the same Job. @throws CliError */
export async function bringConsulInLine(world: World, say: Say): Promise<void> {
  const { kubernetes, namespace, signal } = world;
  const jobs = `/apis/batch/v1/namespaces/${namespace}/jobs`;
  const selector = `labelSelector=${encodeURIComponent(`app.kubernetes.io/name=${NAME}`)}`;
  // One that began before the Secrets were changed knows only what they were, and would undo what this one does.
  await until(
    async () => {
      const { items } = Jobs.parse(await kubernetes.read(`${jobs}?${selector}`, signal));
      return items.some(({ status }) => status.active > 0) ? `the Job ${NAME} that runs` : undefined;
    },
    say,
    signal,
  );
  const pattern = await templateOf(jobs, world);
  const made = Job.parse(await kubernetes.create(jobs, jobLike(pattern), signal));
  const path = `${jobs}/${made.metadata.name}`;
  await until(
    async () => {
      const { status } = Job.parse(await kubernetes.read(path, signal));
      const failed = status.conditions.find(({ type, status: state }) => type === 'Failed' && state === 'True');
      if (failed !== undefined) {
        throw new CliError('COMMAND_FAILED', `bringing Consul in line with the Secrets: ${failed.message}`, {
          hint: `\`kubectl -n ${namespace} logs job/${made.metadata.name}\` tells why; then the same command goes on from here`,
        });
      }
      return status.succeeded > 0 ? undefined : `the Job ${made.metadata.name}`;
    },
    say,
    signal,
  );
  await kubernetes.remove(`${path}?propagationPolicy=Background`, signal);
}

async function templateOf(jobs: string, { kubernetes, namespace, signal }: World): Promise<z.infer<typeof Template>> {
  try {
    return Template.parse(await kubernetes.read(`${jobs}/${NAME}`, signal));
  } catch (cause) {
    if (!(cause instanceof CliError)) throw cause;
    throw new CliError('COMMAND_FAILED', `reading the Job ${namespace}/${NAME}, which the last sync has left`, {
      hint: '`gatefleet sync` of this environment makes it',
      cause,
    });
  }
}

/** A Job that does what the pattern did, and that Argo CD does not know. */
export function jobLike({ metadata, spec }: z.infer<typeof Template>): object {
  const { selector: _, manualSelector: __, template, ...rest } = spec as typeof spec & Record<string, unknown>;
  const own = (all: Readonly<Record<string, string>>) =>
    Object.fromEntries(
      Object.entries(all).filter(
        ([name]) => !/^(batch\.kubernetes\.io\/|controller-uid$|job-name$|argocd\.)/.test(name),
      ),
    );
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { generateName: `${NAME}-rotate-`, labels: own(metadata.labels) },
    spec: {
      ...rest,
      ttlSecondsAfterFinished: 3_600,
      template: { metadata: { labels: own(template.metadata.labels) }, spec: template.spec },
    },
  };
}
