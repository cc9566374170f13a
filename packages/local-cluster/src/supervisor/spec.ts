import { z } from 'zod';

/** What the launcher tells the supervisor, in a file that only the user can read. */
export const SupervisorSpec = z.strictObject({
  name: z.string().describe('Of the cluster, and of its context in the kubeconfig.'),
  index: z.int().min(0).max(9).describe('Place among clusters side by side; decides the address ranges.'),
  zones: z.array(z.string()).describe('DNS zones whose names all lead to the load balancer.'),
  storageClasses: z.array(z.string()).describe('Further names under which volumes are provided.'),
  peers: z
    .array(z.strictObject({ name: z.string(), socket: z.string() }))
    .describe('Further clusters that Argo CD in this one manages, and the sockets of their API servers.'),
  root: z.string().describe('Folder of the cluster.'),
  nodes: z.int().min(1).max(9),
  ids: z.enum(['full', 'single']).describe('Whether a whole range of user ids can be used in containers.'),
  programs: z.record(z.string(), z.string()).describe('Path of each program, by its name.'),
  compileCache: z.string().describe('Folder where Node keeps compiled code from one start to the next.'),
  apiProto: z.string().describe('The CRI protocol, api.proto.'),
  catalogue: z.string().describe('Catalogue of images, JSON.'),
  apiServerPort: z.int().describe("Port on the host's loopback, for the kubeconfig."),
  gitPassword: z.string(),
});
export type SupervisorSpec = z.infer<typeof SupervisorSpec>;

/** Names of the host's listeners that are handed over. */
export const hostListeners = ['api', 'http', 'https', 'argocd', 'git'] as const;
export type HostListener = (typeof hostListeners)[number];

/** What the supervisor says to the launcher while both are there. */
export type SupervisorMessage =
  | { readonly kind: 'listening' }
  | {
      readonly kind: 'component';
      readonly event: 'starting' | 'ready' | 'exited';
      readonly name: string;
      readonly detail?: string;
    }
  | { readonly kind: 'ready' }
  | { readonly kind: 'failed'; readonly code: string; readonly message: string; readonly hint?: string };
