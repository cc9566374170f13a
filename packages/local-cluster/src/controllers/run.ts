import { join } from 'node:path';
import {
  CoreV1Api,
  CustomObjectsApi,
  KubeConfig,
  PatchStrategy,
  setHeaderOptions,
  type V1PersistentVolume,
  type V1PersistentVolumeClaim,
  type V1Service,
} from '@kubernetes/client-node';
import type { Logger } from 'pino';
import type { Addresses } from '../addresses.ts';
import type { Layout } from '../layout.ts';
import { follow } from './follow.ts';
import { assignAddresses } from './load-balancer.ts';
import { enlarge, enlargementOf, isReleased, provision, reclaim, volumeFor } from './local-folder.ts';

/** Name of the StorageClass that every cluster has, its default. */
export const storageClass = 'local';

/** What a cloud's own controllers do elsewhere: addresses for load balancers and volumes for claims. */
export interface ClusterControllers {
  /** Asks Argo CD to look at git now, for each Application that follows this cluster's git remote. */
  readonly refreshApplications: () => Promise<void>;
  /** Address of a Service, for forwarding. @throws when it does not exist */
  readonly serviceAddress: (namespace: string, name: string) => Promise<string>;
}

/** Runs until the signal aborts. Every pass works from what is there now, so a lost event is made good by the next. */
export function runControllers(
  kubeconfigFile: string,
  addresses: Addresses,
  storageClasses: readonly string[],
  layout: Layout,
  log: Logger,
  signal: AbortSignal,
): ClusterControllers {
  const config = new KubeConfig();
  config.loadFromFile(kubeconfigFile);
  const core = config.makeApiClient(CoreV1Api);
  const custom = config.makeApiClient(CustomObjectsApi);

  const services = level<V1Service>(async (all) => {
    for (const { namespace, name, address } of assignAddresses(
      all,
      addresses.firstLoadBalancer.replace(/\.\d+$/, ''),
    )) {
      await core.patchNamespacedServiceStatus(
        { namespace, name, body: { status: { loadBalancer: { ingress: [{ ip: address }] } } } },
        setHeaderOptions('Content-Type', PatchStrategy.MergePatch),
      );
      log.info({ namespace, name, address }, 'load balancer address assigned');
    }
  }, log);
  const claims = level<V1PersistentVolumeClaim>(async (all) => {
    const ours = [storageClass, ...storageClasses];
    for (const claim of all) {
      const volume = volumeFor(claim, ours, (node, name) => join(layout.node(node).volumes, name));
      if (volume !== undefined) await provision(core, volume);
      const larger = enlargementOf(claim, ours);
      if (larger !== undefined) await enlarge(core, larger.name, larger.storage);
    }
  }, log);
  const volumes = level<V1PersistentVolume>(async (all) => {
    for (const volume of all.filter(isReleased)) await reclaim(core, volume, layout.root);
  }, log);

  follow(config, '/api/v1/services', () => core.listServiceForAllNamespaces(), services, log, signal);
  follow(
    config,
    '/api/v1/persistentvolumeclaims',
    () => core.listPersistentVolumeClaimForAllNamespaces(),
    claims,
    log,
    signal,
  );
  follow(config, '/api/v1/persistentvolumes', () => core.listPersistentVolume(), volumes, log, signal);

  const group = { group: 'argoproj.io', version: 'v1alpha1', plural: 'applications' };
  return {
    refreshApplications: async () => {
      const list = (await custom.listCustomObjectForAllNamespaces({ ...group, resourcePlural: group.plural })) as {
        items: { metadata: { name: string; namespace: string } }[];
      };
      for (const { metadata } of list.items) {
        await custom.patchNamespacedCustomObject(
          { ...group, ...metadata, body: { metadata: { annotations: { 'argocd.argoproj.io/refresh': 'normal' } } } },
          setHeaderOptions('Content-Type', PatchStrategy.MergePatch),
        );
      }
    },
    serviceAddress: async (namespace, name) => {
      const service = await core.readNamespacedService({ namespace, name });
      const address = service.spec?.clusterIP;
      if (address === undefined) throw new Error(`Service ${namespace}/${name} has no address`);
      return address;
    },
  };
}

/** A pass over all objects that never runs twice at once; a change meanwhile makes it run again. */
function level<T>(pass: (all: readonly T[]) => Promise<void>, log: Logger): (list: () => readonly T[]) => void {
  let running = false;
  let again = false;
  const run = async (list: () => readonly T[]): Promise<void> => {
    if (running) {
      again = true;
      return;
    }
    running = true;
    do {
      again = false;
      await pass(list()).catch((error: unknown) => {
        log.warn({ error: String(error) }, 'a pass of the controllers failed; the next change repeats it');
      });
    } while (again);
    running = false;
  };
  return (list) => void run(list);
}
