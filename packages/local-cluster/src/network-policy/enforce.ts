import { setTimeout as sleep } from 'node:timers/promises';
import { CoreV1Api, CustomObjectsApi, type KubeConfig, type KubernetesListObject } from '@kubernetes/client-node';
import type { Logger } from 'pino';
import { clusterDns, type Addresses, type NodeAddress } from '../addresses.ts';
import { follow } from '../controllers/follow.ts';
import { endpointOf, type Endpoint } from './endpoint.ts';
import { listenAtGate } from './gate.ts';
import type { NetworkPolicy } from './policy-rules.ts';
import { rulesetText } from './ruleset.ts';

/** What enforcement needs to know and to do. */
export interface EnforceOptions {
  readonly config: KubeConfig;
  readonly addresses: Addresses;
  readonly nodes: readonly NodeAddress[];
  /** Where the nodes' runtimes tell of each Pod's address. */
  readonly gate: string;
  /** Puts a whole ruleset in force in the nodes' network namespace, or changes nothing and throws. */
  readonly apply: (ruleset: string) => Promise<void>;
  readonly log: Logger;
  readonly signal: AbortSignal;
}

/** A Pod's address, from when its runtime told of it until it is free. */
interface Sandbox {
  readonly uid: string;
  /** Kept when the Pod is deleted before its processes have ended. */
  endpoint: Endpoint | undefined;
  readonly covered: PromiseWithResolvers<void>;
}

/** How long a Pod's start waits until the API server has told of the Pod and the rules are in force. */
const admissionTimeoutMs = 20_000;

/**
 * Keeps the cluster's NetworkPolicies in force until the signal aborts: whenever Pods, namespaces or policies change, the ruleset is made anew
 * of all of them. A Pod's containers start only after its policies are in force. Resolves when the first ruleset is.
 *
 * @see docs/decisions/0023-own-network-policies.md
 */
export async function enforcePolicies(options: EnforceOptions): Promise<void> {
  const { config, addresses, nodes, apply, log, signal } = options;
  const sandboxes = new Map<string, Sandbox>();
  const core = config.makeApiClient(CoreV1Api);
  const custom = config.makeApiClient(CustomObjectsApi);

  let inForce: string | undefined;
  const first = Promise.withResolvers<void>();
  const changed = repeating(pass, log, signal);
  const pods = follow(config, '/api/v1/pods', () => core.listPodForAllNamespaces(), changed, log, signal);
  const namespaces = follow(config, '/api/v1/namespaces', () => core.listNamespace(), changed, log, signal);
  const group = { group: 'networking.k8s.io', version: 'v1', plural: 'networkpolicies' };
  const policies = follow(
    config,
    '/apis/networking.k8s.io/v1/networkpolicies',
    async () => (await custom.listClusterCustomObject(group)) as KubernetesListObject<NetworkPolicy>,
    changed,
    log,
    signal,
  );

  async function pass(): Promise<void> {
    await Promise.all([pods.listed, namespaces.listed, policies.listed]);
    const byUid = new Map(pods.list().map((pod) => [pod.metadata?.uid, pod]));
    for (const [address, sandbox] of sandboxes) {
      const pod = byUid.get(sandbox.uid);
      if (pod !== undefined) sandbox.endpoint = endpointOf(pod, address);
    }
    const known = [...sandboxes.values()].filter(({ endpoint }) => endpoint !== undefined);
    const ruleset = rulesetText({
      policies: policies.list(),
      namespaces: namespaces.list(),
      pods: known.flatMap(({ endpoint }) => endpoint ?? []),
      standIns: [clusterDns(addresses)],
      nodes,
      ownAddresses: [addresses.host, addresses.dns, ...nodes.map(({ address }) => address)],
    });
    if (ruleset !== inForce) {
      await apply(ruleset);
      inForce = ruleset;
    }
    first.resolve();
    for (const { covered } of known) covered.resolve();
  }

  await listenAtGate(
    options.gate,
    {
      added: async ({ address, uid, namespace, name }) => {
        const sandbox: Sandbox = { uid, endpoint: undefined, covered: Promise.withResolvers() };
        sandboxes.set(address, sandbox);
        changed();
        const isCovered = await Promise.race([
          sandbox.covered.promise.then(() => true),
          sleep(admissionTimeoutMs, false, { ref: false }),
        ]);
        if (!isCovered)
          throw new Error(`no rules are in force for ${namespace}/${name} after ${admissionTimeoutMs} ms`);
      },
      removed: ({ address }) => {
        sandboxes.delete(address);
        changed();
        return Promise.resolve();
      },
    },
    signal,
  );
  changed();
  await first.promise;
}

/** Runs a pass after each change, never two at once; one that fails is repeated. */
function repeating(pass: () => Promise<void>, log: Logger, signal: AbortSignal): () => void {
  let changed = false;
  let running = false;
  const run = async (): Promise<void> => {
    running = true;
    while (changed && !signal.aborted) {
      changed = false;
      try {
        await pass();
      } catch (error) {
        log.error({ error: String(error) }, 'NetworkPolicies could not be put in force; trying again');
        changed = true;
        await sleep(1_000, undefined, { signal }).catch(() => undefined);
      }
    }
    running = false;
  };
  return () => {
    changed = true;
    if (!running) void run();
  };
}
