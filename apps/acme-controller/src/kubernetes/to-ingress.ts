import type { V1Ingress } from '@kubernetes/client-node';
import { ANNOTATION_PREFIX } from '../wanted/choices.ts';
import type { Ingress } from '../wanted/ingress.ts';

/** Older than `spec.ingressClassName`, which wins where both are set. */
const CLASS_ANNOTATION = 'kubernetes.io/ingress.class';

/** Takes what is needed of an Ingress, whether it comes from a list or, less typed than it says, from a watch. */
export function toIngress({ metadata, spec }: V1Ingress): Ingress {
  const createdAt = new Date(metadata?.creationTimestamp ?? 0);
  return {
    namespace: metadata?.namespace ?? '',
    name: metadata?.name ?? '',
    uid: metadata?.uid ?? '',
    createdAt: createdAt.toISOString(),
    className: spec?.ingressClassName ?? metadata?.annotations?.[CLASS_ANNOTATION],
    annotations: Object.fromEntries(
      Object.entries(metadata?.annotations ?? {}).filter(([key]) => key.startsWith(ANNOTATION_PREFIX)),
    ),
    hosts: (spec?.rules ?? []).flatMap(({ host }) => (host === undefined || host === '' ? [] : [host])),
    tls: (spec?.tls ?? []).map(({ hosts, secretName }) => ({ hosts: hosts ?? [], secretName })),
  };
}
