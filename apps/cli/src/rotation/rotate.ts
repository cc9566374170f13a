import { setTimeout as sleep } from 'node:timers/promises';
import { fingerprint, type ClusterSecret } from '@gatefleet/certificate-commands';
import { CliError } from '../errors.ts';
import type { Kubernetes } from '../kubernetes.ts';
import type { Progress, Say } from '../output/progress.ts';
import { nextOf, phaseOf, readSecret, writeSecret, type HeldSecret, type Phase } from './held-secret.ts';

/** Where Secrets are replaced. */
export interface RotationWorld {
  readonly kubernetes: Kubernetes;
  readonly namespace: string;
  readonly progress: Progress;
  /** Also the time limit. */
  readonly signal: AbortSignal;
}

/** A wait for proof, told what the Secrets hold now. @throws CliError when it cannot come */
export type Proof = (held: readonly HeldSecret[], say: Say) => Promise<void>;

/** How values of some Secrets are replaced by others, together. */
export interface Rotation {
  /** Who it is about, e.g. `the encryption key`. */
  readonly what: string;
  readonly secrets: readonly ClusterSecret[];
  /** That the values to come are taken by everyone who is to take them. */
  readonly known: Proof;
  /** That they are used by everyone who uses one. */
  readonly used: Proof;
  /** That the values before are taken by nobody. */
  readonly gone: Proof;
}

/** A Secret's value that was replaced. */
export interface Replaced {
  readonly secret: string;
  /** Fingerprint of its value now. */
  readonly now: string;
}

/**
 * Replaces the values of Secrets in three steps, and after each waits for proof: the values to come stand beside those that are used; they are
 * used; they alone are there. How far it came stands in the Secrets, so the same call goes on after it was broken off anywhere.
 *
 * @throws CliError
 */
export async function rotate(world: RotationWorld, rotation: Rotation): Promise<readonly Replaced[]> {
  const { what, secrets } = rotation;
  const { kubernetes, namespace, progress, signal } = world;
  const read = () => Promise.all(secrets.map((secret) => readSecret(kubernetes, namespace, secret, signal)));
  const take = async (phase: Phase) => {
    const held = await read();
    for (const one of held.filter((each) => phaseOf(each) === phase)) {
      await writeSecret(kubernetes, namespace, one, nextOf(one), signal);
    }
    return read();
  };
  const step = (title: string, from: Phase, proof: Proof) =>
    progress.step(title, async (say) => proof(await take(from), say));

  const phases = (await read()).map(phaseOf);
  if (phases.some((phase) => phase !== 'whole')) progress.note(`going on with what was begun before`);
  // What is whole beside one that is further was done with before.
  const isPast = (...those: Phase[]) => phases.some((phase) => those.includes(phase));
  if (!isPast('switched', 'retiring')) await step(`bringing ${what} to come to everybody`, 'whole', rotation.known);
  if (!isPast('retiring')) await step(`having everybody use ${what} to come`, 'introduced', rotation.used);
  await step(`ending ${what} of before`, 'switched', rotation.gone);
  const done = await take('retiring');
  return done.map(({ secret, values: [first = ''] }) => ({ secret: secret.name, now: fingerprint(first) }));
}

const LOOK_EVERY_MS = 1_000;

/** Looks again and again until `look` has nothing more to wait for. @param look - gives what it waits for. @throws CliError when the signal's time is over */
export async function until(look: () => Promise<string | undefined>, say: Say, signal: AbortSignal): Promise<void> {
  let waitsFor: string | undefined;
  for (;;) {
    try {
      waitsFor = await look();
      if (waitsFor === undefined) return;
      say(waitsFor);
      await sleep(LOOK_EVERY_MS, undefined, { signal });
    } catch (error) {
      const isOver = signal.aborted && (signal.reason as Error | undefined)?.name === 'TimeoutError';
      if (!isOver) throw error;
      throw new CliError('TIMED_OUT', `rotating: it still waits for ${waitsFor ?? 'the cluster'}`, {
        hint: 'both values are taken until then, so nothing is broken; the same command goes on from here',
        cause: error,
      });
    }
  }
}
