import { componentTokenSecret, encryptionKeySecret, fingerprint } from '@gatefleet/certificate-commands';
import { expect, test } from '@jest/globals';
import { nextOf, phaseOf, readSecret, writeSecret, type HeldSecret } from './held-secret.ts';

const signal = new AbortController().signal;
const [a, b, c] = ['a', 'b', 'c'] as const;

test.each([
  { given: 'one value', values: [a], goal: undefined, phase: 'whole' },
  { given: 'one value, and one to come that somebody took away', values: [a], goal: b, phase: 'whole' },
  { given: 'the one to come beside it', values: [a, b], goal: b, phase: 'introduced' },
  { given: 'the one to come in use', values: [b, a], goal: b, phase: 'switched' },
  { given: 'two, and nothing said', values: [a, b], goal: undefined, phase: 'switched' },
  { given: 'only the one to come', values: [b], goal: b, phase: 'retiring' },
])('given $given, it is $phase', ({ values, goal, phase }) => {
  expect(phaseOf({ values, goal: goal === undefined ? undefined : fingerprint(goal) })).toBe(phase);
});

test('four steps replace the value and leave nothing behind, whatever stood beside it', () => {
  let held: HeldSecret = { secret: encryptionKeySecret, values: [a], goal: undefined, version: '1' };
  const steps = ['introduced', 'switched', 'retiring', 'whole'].map(() => {
    held = { ...held, ...nextOf(held) };
    return { phase: phaseOf(held), values: held.values.length };
  });
  expect(steps).toEqual([
    { phase: 'introduced', values: 2 },
    { phase: 'switched', values: 2 },
    { phase: 'retiring', values: 1 },
    { phase: 'whole', values: 1 },
  ]);
  expect(held).toMatchObject({ goal: undefined, values: [expect.stringMatching(/^[A-Za-z0-9+/]{43}=$/)] });
  const three = { ...held, values: [a, b, c], goal: fingerprint(c) };
  expect(nextOf(three).values).toEqual([c, a, b]);
});

test('a Secret is written whole, at the version that was read', async () => {
  const stored = {
    metadata: { resourceVersion: '7' },
    data: { token: 'eA==', tokens: Buffer.from('one').toString('base64') },
  };
  const patched: unknown[] = [];
  const kubernetes = {
    read: async () => stored,
    patch: async (path: string, change: object) => void patched.push([path, change]),
  };
  const held = await readSecret(kubernetes, 'gatefleet', componentTokenSecret('server'), signal);
  await writeSecret(kubernetes, 'gatefleet', held, { values: ['two', 'one'], goal: fingerprint('two') }, signal);
  expect(patched).toEqual([
    [
      '/api/v1/namespaces/gatefleet/secrets/consul-token-server',
      {
        metadata: {
          resourceVersion: '7',
          annotations: { 'gatefleet.dev/rotating-to': fingerprint('two') },
        },
        stringData: { token: 'two', tokens: 'two\none', 'config.json': '{"acl":{"tokens":{"agent":"two"}}}' },
      },
    ],
  ]);
});

test('a Secret with nothing in it is told of, with what to do', async () => {
  const kubernetes = { read: async () => ({ metadata: { resourceVersion: '7' } }) };
  await expect(readSecret(kubernetes, 'gatefleet', encryptionKeySecret, signal)).rejects.toMatchObject({
    code: 'COMMAND_FAILED',
    message: expect.stringContaining('gatefleet/gatefleet-encryption-key'),
    hint: expect.stringContaining('backup'),
  });
});
