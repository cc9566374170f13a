import { z } from 'zod';
import { AnnotationKey, ByteQuantity, Cidr, CpuQuantity } from './names.ts';

const Autoscaling = z
  .strictObject({
    min: z.int().min(2).max(100).default(3).describe('Fewest gateways, kept at any hour.'),
    max: z.int().min(2).max(100).default(12).describe('Most gateways.'),
    cpu: z
      .int()
      .min(10)
      .max(95)
      .default(60)
      .describe(
        'Mean CPU use to aim at, in percent of `resources.requests.cpu`. Leave room: TLS handshakes come in bursts.',
      ),
  })
  .describe('Scale the gateways by their load instead of a fixed number. Needs metrics-server in the cluster.');

const NodePort = z.int().min(1024).max(65535);

const Exposure = z
  .strictObject({
    type: z
      .enum(['LoadBalancer', 'NodePort'])
      .default('LoadBalancer')
      .describe(
        'How ports 80 and 443 reach the gateways: a load balancer of the cluster’s provider, or a port on every node.',
      ),
    annotations: z
      .record(AnnotationKey, z.string())
      .default({})
      .describe('Annotations on the Service, where a provider expects its own settings.'),
    sourceRanges: z
      .array(Cidr)
      .default([])
      .describe('Networks that the load balancer lets in. Empty lets everybody in; then HTTP-01 works.'),
    nodePorts: z
      .strictObject({
        http: NodePort.describe('Port on every node for HTTP.'),
        https: NodePort.describe('Port on every node for HTTPS.'),
      })
      .optional()
      .describe('Fixed ports for `NodePort`. Left out, the cluster picks two.'),
  })
  .describe('How traffic from outside reaches the gateways.');

const Resources = z
  .strictObject({
    requests: z
      .strictObject({
        cpu: CpuQuantity.default('100m').describe('CPU time reserved for each gateway.'),
        memory: ByteQuantity.default('128Mi').describe('Memory reserved for each gateway.'),
      })
      .prefault({})
      .describe('What the scheduler reserves for each gateway.'),
    limits: z
      .strictObject({
        memory: ByteQuantity.default('512Mi').describe(
          'Memory at which a gateway is killed. 10,000 certificates take about 225 MiB. There is no CPU limit: it would only delay requests.',
        ),
      })
      .prefault({})
      .describe('What a gateway must not exceed.'),
  })
  .describe('Compute resources of each gateway.');

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
    resources: Resources.prefault({}),
  })
  .describe('The Traefik gateways.');
