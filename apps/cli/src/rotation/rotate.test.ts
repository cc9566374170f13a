import { componentTokenSecret, fingerprint } from '@gatefleet/certificate-commands';
import { expect, test } from '@jest/globals';
import type { Kubernetes } from '../kubernetes.ts';
import { createProgress } from '../output/progress.ts';
import { goalAnnotation, phaseOf } from './held-secret.ts';
import { rotate, until, type Rotation } from './rotate.ts';

const secrets = [componentTokenSecret('leader'), componentTokenSecret('traefik')];
const signal = new AbortController().signal;

/** Secrets as the API server keeps them; the write of that number is the last one before the connection breaks. */
function cluster() {
  const stored = new Map(
    secrets.map(({ name, contentOf }) => [
      name,
      { version: 1, goal: undefined as string | undefined, content: contentOf([`${name} before`]) },
    ]),
  );
  const world = { breakAt: Infinity, writes: 0 };
  const nameOf = (path: string) => path.split('/').at(-1) ?? '';
  const kubernetes = {
    async read(path: string) {
      const { version, goal, content } = stored.get(nameOf(path)) ?? { version: 0, goal: '', content: {} };
      const data = Object.entries(content).map(([key, value]) => [key, Buffer.from(value).toString('base64')]);
      const annotations = goal === undefined ? {} : { [goalAnnotation]: goal };
      return { metadata: { resourceVersion: String(version), annotations }, data: Object.fromEntries(data) };
    },
    async patch(path: string, change: object) {
      if (world.writes === world.breakAt) throw new Error('the connection broke');
      world.writes += 1;
      const { metadata, stringData } = change as {
        metadata: { resourceVersion: string; annotations: Record<string, string | null> };
        stringData: Record<string, string>;
      };
      const version = Number(metadata.resourceVersion);
      expect(stored.get(nameOf(path))?.version).toBe(version);
      const goal = metadata.annotations[goalAnnotation] ?? undefined;
      stored.set(nameOf(path), { version: version + 1, goal, content: stringData });
    },
  } as unknown as Kubernetes;
  const proofs: string[] = [];
  const seen = (what: string) => async (held: Parameters<Rotation['known']>[0]) => {
    proofs.push(`${what}: ${held.map(phaseOf).join(', ')}`);
  };
  const rotation = { what: 'tokens', secrets, known: seen('known'), used: seen('used'), gone: seen('gone') };
  const notes: string[] = [];
  const progress = createProgress({ write: (text) => notes.push(text) }, false);
  const run = () => rotate({ kubernetes, namespace: 'gatefleet', progress, signal }, rotation);
  return { stored, world, proofs, notes, run };
}

test('each proof is asked for when all Secrets are so far, and nothing but the new values is left', async () => {
  const { stored, proofs, notes, run } = cluster();
  const replaced = await run();
  expect(proofs).toEqual(['known: introduced, introduced', 'used: switched, switched', 'gone: retiring, retiring']);
  for (const { secret, now } of replaced) {
    const { goal, content } = stored.get(secret) ?? {};
    const { token = '', tokens } = content ?? {};
    expect([goal, tokens, fingerprint(token)]).toEqual([undefined, token, now]);
    expect(notes.join('')).not.toContain(token);
  }
  expect(new Set(replaced.map(({ now }) => now)).size).toBe(2);
});

test.each(Array.from({ length: 8 }, (_, write) => write))(
  'broken off before write %i, the next run goes on, and no value is replaced twice',
  async (breakAt) => {
    const { stored, world, proofs, notes, run } = cluster();
    world.breakAt = breakAt;
    await expect(run()).rejects.toThrow('the connection broke');
    const toCome = [...stored.values()].flatMap(({ goal, content }) => goal ?? fingerprint(content['token'] ?? ''));
    world.breakAt = Infinity;
    const before = proofs.length;
    const replaced = await run();
    expect(notes.join('').includes('going on with what was begun before')).toBe(breakAt > 0);
    if (breakAt >= 2) expect(replaced.map(({ now }) => now)).toEqual(toCome);
    // Eight writes, and those that were done are not done again.
    expect(world.writes).toBe(8);
    expect(proofs.slice(before).at(-1)).toMatch(/^gone: (retiring|whole), (retiring|whole)$/);
  },
);

test('a wait that takes too long says for what, and that the same command goes on', async () => {
  const limit = AbortSignal.timeout(20);
  await expect(
    until(
      async () => 'consul-1 to be ready',
      () => undefined,
      limit,
    ),
  ).rejects.toMatchObject({
    code: 'TIMED_OUT',
    message: 'rotating: it still waits for consul-1 to be ready',
    hint: expect.stringContaining('the same command goes on from here'),
  });
});
