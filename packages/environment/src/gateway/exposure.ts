import { z } from 'zod';
import { AnnotationKey, Cidr } from '../names.ts';

const Port = z.int().min(1).max(65535);
const NodePort = z.int().min(1024).max(65535);

export const Exposure = z
  .strictObject({
    type: z
      .enum(['LoadBalancer', 'NodePort', 'HostPorts'])
      .default('LoadBalancer')
      .describe(
        'How ports 80 and 443 reach the gateways: a load balancer of the cluster’s provider, a port on every node that leads to any gateway, or ports of the nodes that gateways run on.',
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
    hostPorts: z
      .strictObject({
        http: Port.default(80).describe('Port of the node for HTTP.'),
        https: Port.default(443).describe('Port of the node for HTTPS.'),
      })
      .optional()
      .describe('Ports for `HostPorts`. Left out, 80 and 443.'),
  })
  .describe('How traffic from outside reaches the gateways.');
