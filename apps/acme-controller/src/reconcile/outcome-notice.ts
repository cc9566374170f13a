import type { CertificatePlan, OrderOutcome } from '@gatefleet/acme';
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
    case 'elsewhere':
      return {
        ingress,
        type: 'Warning',
        reason: 'HostElsewhere',
        message: `No certificate for ${hosts} is ordered yet: ${outcome.problem.message}. To be done: ${outcome.problem.hint ?? 'nothing'}. It is looked at again.`,
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

type Waiting = Extract<CertificatePlan, { reason: 'RateLimited' }>;

/** What they are told of a certificate that waits for its turn. The place changes all the time; it is told once. */
export function queueNotice(ingress: Ingress, { id, names, position, until, bucket }: Waiting): Notice {
  const limit = bucket === undefined ? 'a limit of the CA' : `the CA’s limit ${bucket}`;
  const at = `${until.toISOString().slice(0, 16)}Z`;
  const message = `The certificate for ${names.join(', ')} waits for its turn, as ${limit} is used up: number ${position} of all that wait, expected at about ${at}.`;
  return { ingress, type: 'Normal', reason: 'OrderQueued', message, about: id };
}
