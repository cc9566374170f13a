import { z } from 'zod';
import { ByteQuantity, Cidr, LabelKey, LabelValue } from '../names.ts';
import { resources } from '../resources.ts';
import { Autoscaling } from './autoscaling.ts';
import { Exposure } from './exposure.ts';
import { Hsts } from './hsts.ts';
import { Rollout, Spread, Toleration } from './placement.ts';

/** The Traefik gateways of an environment. */
export const Gateway = z
  .strictObject({
    workload: z
      .enum(['Deployment', 'DaemonSet'])
      .default('Deployment')
      .describe('A number of gateways spread over the nodes, or one on every node.'),
    replicas: z
      .int()
      .min(1)
      .max(100)
      .optional()
      .describe(
        'Number of gateways of a Deployment. 3 when neither this nor `autoscaling` is set. Excludes `autoscaling`.',
      ),
    autoscaling: Autoscaling.optional(),
    exposure: Exposure.prefault({}),
    resources: resources(
      'gateway',
      { cpu: '100m', memory: '128Mi', limit: '512Mi' },
      '10,000 certificates take about 225 MiB.',
    ).prefault({}),
    nodeSelector: z
      .record(LabelKey, LabelValue)
      .default({})
      .describe('Labels of the nodes that gateways may run on. Empty: any node.'),
    tolerations: z.array(Toleration).default([]).describe('Taints of nodes that gateways bear.'),
    spread: Spread.prefault({}),
    rollout: Rollout.prefault({}),
    accessLog: z.boolean().default(false).describe('Whether each gateway writes a line for each request.'),
    logLevel: z
      .enum(['DEBUG', 'INFO', 'WARN', 'ERROR'])
      .default('INFO')
      .describe('Least important messages that gateways write.'),
    trustedProxies: z
      .array(Cidr)
      .default([])
      .describe('Networks of proxies in front whose word on the client’s address is taken. Empty: nobody’s.'),
    proxyProtocol: z
      .boolean()
      .default(false)
      .describe(
        'Whether `trustedProxies` tell the client’s address by the PROXY protocol. Both sides must agree, or nothing gets through.',
      ),
    hsts: Hsts.optional(),
    // Seven characters are less than what 63 bits hold, whatever the unit.
    maxRequestBody: ByteQuantity.max(7)
      .optional()
      .describe(
        'Largest body of a request. A larger one is answered with 413, or broken off with 500 where its length was not told before. Bodies still pass as they come. Left out: no limit.',
      ),
    maxRequestsPerClient: z
      .int()
      .min(10)
      .max(100_000)
      .optional()
      .describe(
        'Requests and WebSockets that one client may have under way, for each route of each gateway; more are answered with 429. Whoever shares an address is one client. Left out: no limit.',
      ),
  })
  .describe('The Traefik gateways.');
