import { parseChoices } from './choices.ts';
import { isCoveredBySecret, lowerCase, type Ingress } from './ingress.ts';

/** A host of an Ingress for which nothing is asked of us. */
export interface PassedOver {
  readonly ingress: Pick<Ingress, 'namespace' | 'name'>;
  readonly host: string;
  /** Completes "Ingress … has the host, but …". */
  readonly why: string;
}

/** Hosts that have no certificate of ours because their Ingress is made so, which tells its people nothing by an Event. */
export function passedOver(ingresses: readonly Ingress[], ingressClass: string): readonly PassedOver[] {
  return ingresses.flatMap((ingress) =>
    [...new Set(ingress.hosts.map(lowerCase))].flatMap((host) => {
      const why = whyPassedOver(ingress, host, ingressClass);
      return why === undefined ? [] : [{ ingress: { namespace: ingress.namespace, name: ingress.name }, host, why }];
    }),
  );
}

function whyPassedOver({ className, annotations, tls }: Ingress, host: string, ingressClass: string) {
  if (className !== ingressClass) {
    const its = className === undefined ? 'it has no class' : `its class is ${className}`;
    return `${its}, and the gateways serve ${ingressClass}`;
  }
  if (parseChoices(annotations).choices.isOff) return 'its annotation gatefleet.dev/certificate is off';
  if (isCoveredBySecret(host, tls)) return 'a Secret that its tls names has the certificate';
  return undefined;
}
