import { expect, test } from '@jest/globals';
import { ingressFor } from '../testing/fake-kubernetes.ts';
import type { Ingress } from './ingress.ts';
import { passedOver } from './passed-over.ts';

const host = 'a.example.com';

test.each<{ given: string; part: Partial<Ingress>; why: string | undefined }>([
  { given: 'the gateways’ class', part: {}, why: undefined },
  { given: 'another class', part: { className: 'nginx' }, why: 'its class is nginx, and the gateways serve traefik' },
  { given: 'no class', part: { className: undefined }, why: 'it has no class, and the gateways serve traefik' },
  {
    given: 'the wish for none',
    part: { annotations: { 'gatefleet.dev/certificate': 'off' } },
    why: 'its annotation gatefleet.dev/certificate is off',
  },
  {
    given: 'a Secret of its own',
    part: { tls: [{ hosts: [host], secretName: 'mine' }] },
    why: 'a Secret that its tls names has the certificate',
  },
  {
    given: 'a Secret for another host',
    part: { tls: [{ hosts: ['b.example.com'], secretName: 'mine' }] },
    why: undefined,
  },
])('given $given, a host is passed over because: $why', ({ part, why }) => {
  const found = passedOver([ingressFor(['A.example.com', host], part)], 'traefik');
  expect(found).toEqual(why === undefined ? [] : [{ ingress: { namespace: 'shop', name: 'web' }, host, why }]);
});
