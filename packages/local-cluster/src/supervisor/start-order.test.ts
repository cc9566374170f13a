import { expect, test } from '@jest/globals';
import { startInOrder, type Step } from './start-order.ts';

const steps: readonly Step[] = [
  { name: 'kubelet', after: ['api', 'runtime'] },
  { name: 'api', after: ['etcd'] },
  { name: 'etcd', after: [] },
  { name: 'runtime', after: [] },
];

test('each starts only when all that it comes after are ready', async () => {
  const told: string[] = [];
  const run = (_: Step, onReady: () => void) => {
    setImmediate(onReady);
    return new Promise<void>(() => undefined);
  };
  await startInOrder(steps, run, ({ kind, name }) => told.push(`${kind} ${name}`));
  const at = (line: string) => told.indexOf(line);
  expect(at('starting api')).toBeGreaterThan(at('ready etcd'));
  expect(at('starting kubelet')).toBeGreaterThan(Math.max(at('ready api'), at('ready runtime')));
  expect(at('starting runtime')).toBeLessThan(at('ready etcd'));
});

test('given one that will never be ready, then it fails with that one’s reason', async () => {
  const run = ({ name }: Step, onReady: () => void) => {
    if (name === 'api') return Promise.reject(new Error('no certificate'));
    onReady();
    return new Promise<void>(() => undefined);
  };
  await expect(startInOrder(steps, run, () => undefined)).rejects.toThrow('no certificate');
});

test('given a step that comes after one that is not there, then nothing starts', async () => {
  const started: string[] = [];
  const run = ({ name }: Step) => {
    started.push(name);
    return Promise.resolve();
  };
  await expect(startInOrder([{ name: 'a', after: ['b'] }], run, () => undefined)).rejects.toThrow(
    'no component is named b',
  );
  expect(started).toEqual([]);
});
