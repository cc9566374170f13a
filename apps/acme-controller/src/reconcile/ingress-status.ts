import type { Decision } from '@gatefleet/acme';

/** What is told of one certificate of an Ingress. */
export interface Told {
  readonly names: readonly string[];
  readonly plan: Decision | undefined;
  /** ISO 8601. */
  readonly notAfter: string | undefined;
}

/**
 * One line for an annotation: how all certificates of an Ingress are. Nothing while one is under way or waits for its turn, so that each
 * certificate costs the API server one request.
 */
export function ingressStatus(told: readonly Told[]): string | undefined {
  const lines = told.map(({ names, plan, notAfter }) => {
    if (plan?.kind !== 'wait') return undefined;
    const hosts = names.join(', ');
    if (plan.reason === 'Valid' && notAfter !== undefined) return `${hosts}: valid until ${notAfter}`;
    if (plan.reason !== 'BackingOff') return undefined;
    return notAfter === undefined
      ? `${hosts}: failed, see its Events`
      : `${hosts}: valid until ${notAfter}, renewal failed`;
  });
  return lines.includes(undefined) || lines.length === 0 ? undefined : lines.join('; ');
}
