import { expect, test } from '@jest/globals';
import type { CertificateReport } from '@gatefleet/certificate-report';
import { isProven, proveGateways } from './gateway-proof.ts';
import { Pod } from './pods.ts';

const expected = [{ name: 'traefik', image: 'traefik:v3', command: [], args: ['--a', '--b'] }];
const pod = (container: object = {}, ready = 'True') =>
  Pod.parse({
    metadata: { name: 'traefik-1', namespace: 'gatefleet' },
    spec: {
      nodeName: 'node-1',
      containers: [{ name: 'traefik', image: 'traefik:v3', args: ['--a', '--b'], ...container }],
    },
    status: { conditions: [{ type: 'Ready', status: ready }] },
  });
const certificate = (served: string, state: CertificateReport['state'] = 'valid'): CertificateReport => ({
  id: 'c1',
  names: ['a.example.org'],
  ingresses: [],
  state,
  issuer: 'https://ca.example/dir',
  current: {
    serial: '0a',
    notBefore: '2026-01-01T00:00:00Z',
    notAfter: '2026-04-01T00:00:00Z',
    renewAt: '2026-03-01T00:00:00Z',
  },
  gateways: [{ pod: 'traefik-1', address: '10.0.0.1:443', result: { kind: 'answered', serial: served } }],
});

test.each<{
  given: string;
  pods?: readonly Pod[];
  certificates?: readonly CertificateReport[];
  proven: boolean;
  differs?: readonly string[];
}>([
  { given: 'a gateway as the commit says, with every certificate', proven: true, differs: [] },
  {
    given: 'another image',
    pods: [pod({ image: 'traefik:v2' })],
    proven: false,
    differs: ['image traefik:v2, not traefik:v3'],
  },
  {
    given: 'other arguments',
    pods: [pod({ args: ['--a', '--c'] })],
    proven: false,
    differs: ['without --b', 'with --c'],
  },
  { given: 'a gateway that is not ready', pods: [pod({}, 'False')], proven: false, differs: [] },
  { given: 'an old certificate on it', certificates: [certificate('0b')], proven: false, differs: [] },
  {
    given: 'an old certificate that nobody asks for',
    certificates: [certificate('0b', 'retained')],
    proven: true,
    differs: [],
  },
  { given: 'no gateway at all', pods: [], proven: false },
])(
  'given $given, then proven is $proven',
  ({ pods = [pod()], certificates = [certificate('0a')], proven, differs }) => {
    const proofs = proveGateways(expected, pods, { certificates: [...certificates] });
    expect(isProven(proofs)).toBe(proven);
    expect(proofs[0]?.differs).toEqual(differs);
  },
);
