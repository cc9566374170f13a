import { expect, test } from '@jest/globals';
import type { V1Service } from '@kubernetes/client-node';
import { assignAddresses } from './load-balancer.ts';

const service = (name: string, over: { type?: string; ip?: string; age?: number; class?: string } = {}): V1Service => ({
  metadata: { name, namespace: 'a', creationTimestamp: new Date(Date.UTC(2026, 0, 1, 0, 0, over.age ?? 0)) },
  spec: { type: over.type ?? 'LoadBalancer', ...(over.class === undefined ? {} : { loadBalancerClass: over.class }) },
  status: over.ip === undefined ? {} : { loadBalancer: { ingress: [{ ip: over.ip }] } },
});

test.each<{ given: string; services: V1Service[]; then: string[] }>([
  { given: 'none of that type', services: [service('web', { type: 'ClusterIP' })], then: [] },
  { given: 'one without an address', services: [service('web')], then: ['web 10.0.0.1'] },
  { given: 'one that has an address', services: [service('web', { ip: '10.0.0.1' })], then: [] },
  {
    given: 'the first address taken',
    services: [service('new', { age: 9 }), service('old', { ip: '10.0.0.1' })],
    then: ['new 10.0.0.2'],
  },
  {
    given: 'two at once, the older first',
    services: [service('younger', { age: 2 }), service('older', { age: 1 })],
    then: ['older 10.0.0.1', 'younger 10.0.0.2'],
  },
  { given: 'one of another implementation', services: [service('web', { class: 'other.dev/lb' })], then: [] },
])('given $given, then $then', ({ services, then }) => {
  expect(assignAddresses(services, '10.0.0').map(({ name, address }) => `${name} ${address}`)).toEqual(then);
});

test('given times as text, as a watch brings them, the older one is still the first', () => {
  const services = [service('younger', { age: 2 }), service('older', { age: 1 })];
  const watched = JSON.parse(JSON.stringify(services)) as V1Service[];
  expect(assignAddresses(watched, '10.0.0').map(({ name }) => name)).toEqual(['older', 'younger']);
});

test('given more Services than addresses, the rest waits', () => {
  const many = Array.from({ length: 260 }, (_, i) => service(`s${i}`, { age: i }));
  expect(assignAddresses(many, '10.0.0')).toHaveLength(254);
});
