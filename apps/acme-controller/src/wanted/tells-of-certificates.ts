import { STATUS_ANNOTATION } from './choices.ts';
import type { Ingress } from './ingress.ts';

const VALID_UNTIL = /: valid until ([0-9T:.Z-]+)/g;

/**
 * Whether Ingresses say of certificates that still last that they have them. We wrote that, and where the store has none of them it has lost
 * them: the Ingresses of a first installation say nothing.
 */
export function tellsOfCertificates(ingresses: readonly Pick<Ingress, 'annotations'>[], now: Date): boolean {
  return ingresses.some(({ annotations }) => {
    const ends = [...(annotations[STATUS_ANNOTATION] ?? '').matchAll(VALID_UNTIL)].map(([, end = '']) =>
      Date.parse(end),
    );
    return ends.some((end) => end > now.getTime());
  });
}
