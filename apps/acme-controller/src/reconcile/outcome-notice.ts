import type { OrderOutcome } from '@gatefleet/acme';
import type { Ingress, Notice } from '../wanted/ingress.ts';

/** What the people of an Ingress are told of its order. The time of the next try is left out, so that one trouble is one Event. */
export function outcomeNotice(ingress: Ingress, names: readonly string[], outcome: OrderOutcome): Notice | undefined {
  const hosts = names.join(', ');
  switch (outcome.kind) {
    case 'issued': {
      const { notAfter, serial } = outcome.certificate;
      const message = `Certificate for ${hosts} is published to all gateways: serial ${serial}, valid until ${notAfter}.`;
      return { ingress, type: 'Normal', reason: 'CertificateIssued', message };
    }
    case 'failed':
      return {
        ingress,
        type: 'Warning',
        reason: 'OrderFailed',
        message: `No certificate for ${hosts} yet: ${outcome.problem.message}. It will be tried again.`,
      };
    case 'postponed':
      return {
        ingress,
        type: 'Warning',
        reason: 'OrderPostponed',
        message: `The certificate for ${hosts} takes longer: ${outcome.problem.message}. The order goes on.`,
      };
    case 'not-due':
    case 'conflict':
    case 'lost-leadership':
      return undefined;
  }
}
