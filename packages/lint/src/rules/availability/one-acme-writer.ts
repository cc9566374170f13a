import { formatObjectId } from '@gatefleet/kustomize';
import { listOf, mappingOf } from '../../mapping.ts';
import { leastReplicas } from '../../input/scale.ts';
import type { BuildRule } from '../../rule.ts';

/** @see https://doc.traefik.io/traefik/https/acme/ ; https://cert-manager.io/docs/usage/ingress/ */
const traefikResolver = /^--certificatesresolvers\.[^.]+\.acme\./i;
const certManager = /^cert-manager\.io\/(cluster-)?issuer$/;
const controllerImage = /(^|\/)acme-controller([:@]|$)/;

export const oneAcmeWriter: BuildRule = {
  id: 'one-acme-writer',
  group: 'availability',
  scope: 'build',
  severity: 'error',
  summary: 'More than one program that would order certificates for the same hosts.',
  why: 'Each orders its own, both are counted against the CA’s limits, and they take each other’s challenges. Traefik’s own resolver keeps them in a file that several gateways cannot share.',
  remedy: 'Let one program order certificates.',
  *check(input) {
    const { objects } = input;
    const controllers = objects
      .workloads()
      .filter(
        ({ kind, containers }) =>
          !['CronJob', 'Job'].includes(kind) &&
          containers.some(({ container }) => controllerImage.test(String(container['image']))),
      );
    for (const workload of controllers.slice(1)) {
      yield {
        message: `${workload.title} orders certificates, and so does ${controllers[0]?.title ?? ''}`,
        position: workload.object.positionOf(['metadata', 'name']),
        remedy: 'Remove one; for more replicas, raise the number of one of them.',
        object: workload.object.id,
      };
    }
    for (const workload of objects.workloads()) {
      for (const { container, path, name } of workload.containers) {
        const index = listOf(container['args']).findIndex(
          (arg) => typeof arg === 'string' && traefikResolver.test(arg),
        );
        const replicas = leastReplicas(input, workload) ?? 2;
        if (index === -1 || (replicas < 2 && controllers.length === 0)) continue;
        yield {
          message: `the container ${name} of ${workload.title} orders certificates by itself${controllers.length > 0 ? `, beside ${controllers[0]?.title ?? ''}` : `, in each of its Pods`}`,
          position: workload.object.positionOf([...path, 'args', index]),
          remedy: 'Remove the certificatesresolvers arguments.',
          object: workload.object.id,
        };
      }
    }
    if (controllers.length === 0) return;
    for (const ingress of objects.ofKind('Ingress')) {
      const key = Object.keys(mappingOf(mappingOf(ingress.object['metadata'])['annotations'])).find((each) =>
        certManager.test(each),
      );
      if (key === undefined) continue;
      yield {
        message: `${formatObjectId(ingress.id)} asks cert-manager for a certificate, beside ${controllers[0]?.title ?? ''}`,
        position: ingress.positionOf(['metadata', 'annotations', key], { atKey: true }),
        remedy: `Remove the annotation ${key}.`,
        object: ingress.id,
      };
    }
  },
};
