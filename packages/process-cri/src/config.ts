import { isIPv4 } from 'node:net';
import { z } from 'zod';

const absolutePath = z.string().startsWith('/', 'use an absolute path');
const ipv4 = z.string().refine(isIPv4, 'use an IPv4 address');

/** What one node's runtime needs to know. Read from the JSON file that `--config` names. */
export const RuntimeConfig = z.strictObject({
  socket: absolutePath.describe('Unix socket that kubelet dials. At most 107 bytes.'),
  root: absolutePath.describe('State folder: sandboxes, containers, image layers. Survives a restart of the runtime.'),
  podCidr: z
    .string()
    .refine((value) => {
      const [address = '', bits = ''] = value.split('/');
      return isIPv4(address) && /^\d+$/.test(bits) && Number(bits) >= 8 && Number(bits) <= 30;
    }, 'use an IPv4 range of /8 to /30, e.g. 10.100.1.0/24')
    .describe('Range of the addresses of Pods on this node.'),
  gateway: ipv4.describe('Address that the node namespace has on lo: the next hop of every Pod.'),
  networkGate: absolutePath
    .optional()
    .describe(
      'Unix socket that is told of each Pod’s address, and answers when the Pod’s containers may start. Without it they start at once.',
    ),
  catalogueFile: absolutePath.describe('JSON file that says which image is which program. Read again when it changes.'),
  apiProto: absolutePath.describe('api.proto of k8s.io/cri-api, runtime/v1.'),
  runtime: z
    .strictObject({
      name: z.enum(['crun', 'runc']),
      path: absolutePath,
    })
    .describe('OCI runtime that starts the containers.'),
  conmon: absolutePath.describe('conmon, which holds a container’s log and exit code.'),
  streaming: absolutePath
    .optional()
    .describe(
      'cri-streaming, built from `streaming/`: serves kubectl exec, attach and port-forward, which are refused without it.',
    ),
  ids: z
    .enum(['full', 'single'])
    .default('full')
    .describe('`single` when the user namespace maps only id 0: then no other user or group can be honoured.'),
  allowSingleId: z
    .boolean()
    .default(false)
    .describe(
      'With ids `single`: start containers that ask for another user as id 0 and say so in their log, instead of refusing them.',
    ),
  hostPaths: z
    .array(absolutePath)
    .default([])
    .describe(
      'Folders of the machine that hostPath volumes may name. Volumes that kubelet keeps in its own folder are always allowed.',
    ),
  logLevel: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'silent']).default('info'),
});
export type RuntimeConfig = z.infer<typeof RuntimeConfig>;
/** The same, as it is written: with the defaults left out. */
export type RuntimeConfigInput = z.input<typeof RuntimeConfig>;
