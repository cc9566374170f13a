import { seconds } from '@gatefleet/environment';
import type { Patch } from '../patch.ts';
import { addArgument, argumentPatch } from './gateway-arguments.ts';
import type { Gateway } from './scale.ts';

const fields = ['spec.gateway.hsts'];

/** Switches on the middleware of base/traefik/dynamic.yaml. @see https://www.rfc-editor.org/rfc/rfc6797#section-6.1 */
export function hstsPatches({ workload, hsts }: Gateway): readonly Patch[] {
  if (hsts === undefined) return [];
  const value = [
    `max-age=${seconds(hsts.maxAge)}`,
    ...(hsts.includeSubDomains ? ['includeSubDomains'] : []),
    ...(hsts.preload ? ['preload'] : []),
  ].join('; ');
  const containers = [{ name: 'traefik', env: [{ name: 'HSTS', value }] }];
  return [
    {
      kind: 'merge',
      fields,
      purpose: 'hsts',
      additions: ['env'],
      wanted: {
        apiVersion: 'apps/v1',
        kind: workload,
        metadata: { name: 'traefik' },
        spec: { template: { spec: { containers } } },
      },
    },
    argumentPatch(workload, 'hsts-middleware', fields, [
      addArgument('--entryPoints.websecure.http.middlewares', 'hsts@file'),
    ]),
  ];
}
