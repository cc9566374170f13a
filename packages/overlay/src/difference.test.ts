import { expect, test } from '@jest/globals';
import type { Manifest } from './manifest.ts';
import { difference, type Absent } from './difference.ts';

const onAbsent = ({ item, at }: Absent): never => {
  throw new Error(`${item} at ${at}`);
};

test.each<{ given: string; wanted: Manifest; base: Manifest; then: Manifest | undefined }>([
  { given: 'what the base says', wanted: { spec: { replicas: 3 } }, base: { spec: { replicas: 3 } }, then: undefined },
  {
    given: 'one field of two that differs',
    wanted: { spec: { type: 'NodePort', a: 1 } },
    base: { spec: { type: 'LoadBalancer', a: 1 } },
    then: { spec: { type: 'NodePort' } },
  },
  { given: 'a field that the base lacks', wanted: { spec: { a: 1 } }, base: {}, then: { spec: { a: 1 } } },
  { given: 'something empty that the base lacks', wanted: { a: [], b: {} }, base: {}, then: undefined },
  { given: 'the removal of what is not there', wanted: { a: null, b: { c: null } }, base: {}, then: undefined },
  { given: 'the removal of what is there', wanted: { a: null }, base: { a: 1 }, then: { a: null } },
  { given: 'an empty list where the base has items', wanted: { a: [] }, base: { a: [1] }, then: { a: [] } },
  {
    given: 'a list without a merge key',
    wanted: { metrics: [{ cpu: 70 }] },
    base: { metrics: [{ cpu: 60 }, { memory: 1 }] },
    then: { metrics: [{ cpu: 70 }] },
  },
  {
    given: 'one container of two, one variable of three',
    wanted: {
      containers: [
        {
          name: 'a',
          env: [
            { name: 'X', value: '1' },
            { name: 'Y', value: '3' },
            { name: 'Z', value: '4' },
          ],
          image: 'i',
        },
        { name: 'b', image: 'i' },
      ],
    },
    base: {
      containers: [
        { name: 'b', image: 'i' },
        {
          name: 'a',
          env: [
            { name: 'X', value: '1' },
            { name: 'Y', value: '2' },
          ],
          image: 'i',
        },
      ],
    },
    then: {
      containers: [
        {
          name: 'a',
          env: [
            { name: 'Y', value: '3' },
            { name: 'Z', value: '4' },
          ],
        },
      ],
    },
  },
  {
    given: 'a port, told apart by number and protocol',
    wanted: { ports: [{ port: 80, protocol: 'TCP', nodePort: 30080 }] },
    base: { ports: [{ name: 'web', port: 80, protocol: 'TCP', targetPort: 'web' }] },
    then: { ports: [{ port: 80, protocol: 'TCP', nodePort: 30080 }] },
  },
])('given $given', ({ wanted, base, then }) => {
  expect(difference(wanted, base, { additions: ['env'], onAbsent })).toEqual(then);
});

test.each<{ given: string; wanted: Manifest; says: string }>([
  { given: 'container', wanted: { containers: [{ name: 'gone' }] }, says: 'name "gone" at /containers' },
  { given: 'port', wanted: { ports: [{ port: 81, protocol: 'TCP' }] }, says: 'port 81, protocol "TCP" at /ports' },
  {
    given: 'variable that is no addition',
    wanted: { containers: [{ name: 'a', env: [{ name: 'X', value: '1' }] }] },
    says: 'name "X" at /containers/env',
  },
])('given a $given that the base lacks, tells it', ({ wanted, says }) => {
  expect(() => difference(wanted, { containers: [{ name: 'a' }], ports: [] }, { onAbsent })).toThrow(says);
});
