import { fingerprint, valuesIn, type ClusterSecret } from '@gatefleet/certificate-commands';
import { z } from 'zod';
import { CliError } from '../errors.ts';
import type { Kubernetes } from '../kubernetes.ts';

/** On a Secret whose value is being replaced: the fingerprint of the value to come. */
export const goalAnnotation = 'gatefleet.dev/rotating-to';

/** A Secret as it is in a cluster. */
export interface HeldSecret {
  readonly secret: ClusterSecret;
  /** The first is used, the others are taken too. */
  readonly values: readonly string[];
  /** Fingerprint of the value to come, while one takes the place of another. */
  readonly goal: string | undefined;
  readonly version: string;
}

/** What is done next with a Secret. */
export type Phase =
  /** One value, and nothing under way. */
  | 'whole'
  /** The value to come is there beside the one that is used. */
  | 'introduced'
  /** It is used, and the one before is still taken. */
  | 'switched'
  /** It is the only one, and what the one before has left is to be cleared away. */
  | 'retiring';

/** How far a Secret is. Several values of which none is the one to come are somebody's own doing: the first is what he wants. */
export function phaseOf({ values, goal }: Pick<HeldSecret, 'values' | 'goal'>): Phase {
  const place = values.findIndex((value) => fingerprint(value) === goal);
  if (values.length > 1) return place > 0 ? 'introduced' : 'switched';
  return place === 0 ? 'retiring' : 'whole';
}

/** What a Secret is to hold in the phase after its own. */
export function nextOf({ secret, values, goal }: HeldSecret): Pick<HeldSecret, 'values' | 'goal'> {
  const [first = '', ...others] = values;
  switch (phaseOf({ values, goal })) {
    case 'whole': {
      const fresh = secret.fresh();
      return { values: [first, fresh], goal: fingerprint(fresh) };
    }
    case 'introduced': {
      const isToCome = (value: string) => fingerprint(value) === goal;
      return { values: [...others.filter(isToCome), first, ...others.filter((value) => !isToCome(value))], goal };
    }
    case 'switched':
      return { values: [first], goal: fingerprint(first) };
    case 'retiring':
      return { values, goal: undefined };
  }
}

const Stored = z.object({
  metadata: z.object({
    resourceVersion: z.string(),
    annotations: z.record(z.string(), z.string()).default({}),
  }),
  data: z.record(z.string(), z.string()).default({}),
});

const pathOf = (namespace: string, name: string) => `/api/v1/namespaces/${namespace}/secrets/${name}`;

/** @throws CliError */
export async function readSecret(
  kubernetes: Pick<Kubernetes, 'read'>,
  namespace: string,
  secret: ClusterSecret,
  signal: AbortSignal,
): Promise<HeldSecret> {
  const { metadata, data } = Stored.parse(await kubernetes.read(pathOf(namespace, secret.name), signal));
  const values = valuesIn(Buffer.from(data[secret.listedIn] ?? '', 'base64').toString());
  if (values.length === 0) {
    throw new CliError(
      'COMMAND_FAILED',
      `reading Secret ${namespace}/${secret.name}: \`${secret.listedIn}\` is empty`,
      {
        hint: 'bring it back from a backup; where nothing is lost with it, delete it and sync: create-secrets makes another one',
      },
    );
  }
  return { secret, values, goal: metadata.annotations[goalAnnotation], version: metadata.resourceVersion };
}

/** Writes it, unless somebody else did meanwhile. @param goal - undefined: nothing is under way any more. @throws CliError */
export async function writeSecret(
  kubernetes: Pick<Kubernetes, 'patch'>,
  namespace: string,
  { secret, version }: HeldSecret,
  { values, goal }: Pick<HeldSecret, 'values' | 'goal'>,
  signal: AbortSignal,
): Promise<void> {
  const metadata = { resourceVersion: version, annotations: { [goalAnnotation]: goal ?? null } };
  await kubernetes.patch(pathOf(namespace, secret.name), { metadata, stringData: secret.contentOf(values) }, signal);
}
