import type { Finding } from './finding.ts';
import type { Waiver } from './waivers.ts';

/** Longer is not a waiver but a decision. */
const longestDays = 180;

export interface Verdict {
  readonly open: readonly Finding[];
  readonly waived: readonly (Finding & { readonly waiver: Waiver })[];
  /** Waivers that do not hold, each with why. */
  readonly faults: readonly { readonly waiver: Waiver; readonly why: Fault }[];
}

export type Fault = 'expired' | 'too long' | 'waives nothing';

/**
 * What of the findings is waived, and which waivers are not to be there. It passes where nothing is open and no waiver is at fault.
 * @param sources - which audits were made: waivers of others are not judged
 * @param today - as 2026-11-28
 */
export function judge(
  findings: readonly Finding[],
  waivers: readonly Waiver[],
  sources: readonly Finding['source'][],
  today: string,
): Verdict {
  const latest = new Date(Date.parse(today) + longestDays * 86_400_000).toISOString().slice(0, 10);
  const fitting = (waiver: Waiver) =>
    findings.filter((finding) => finding.id === waiver.id && finding.package === waiver.package);
  const faultOf = (waiver: Waiver): Fault | undefined => {
    if (waiver.until < today) return 'expired';
    if (waiver.until > latest) return 'too long';
    return fitting(waiver).length === 0 ? 'waives nothing' : undefined;
  };
  const judged = waivers
    .filter(({ id }) => sources.includes(id.startsWith('GO-') ? 'go' : 'npm'))
    .map((waiver) => ({ waiver, why: faultOf(waiver) }));
  const waived = judged.flatMap(({ waiver, why }) =>
    why === undefined ? fitting(waiver).map((finding) => ({ ...finding, waiver })) : [],
  );
  const isWaived = ({ id, package: name }: Finding) =>
    waived.some((other) => other.id === id && other.package === name);
  return {
    open: findings.filter((finding) => !isWaived(finding)),
    waived,
    faults: judged.flatMap(({ waiver, why }) => (why === undefined ? [] : [{ waiver, why }])),
  };
}
