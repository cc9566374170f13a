import type { LintEnvironment } from '../../input/lint-environment.ts';
import type { FleetRule } from '../../rule.ts';

export const promotionHasAStart: FleetRule = {
  id: 'promotion-has-a-start',
  group: 'fleet',
  scope: 'fleet',
  severity: 'error',
  summary: 'An environment that is promoted to from one that is not there, or in a ring.',
  why: 'No commit ever comes to it: its branch is moved by promotions alone, and only the first environment of a row follows what people push to.',
  remedy: 'Let spec.promotion.from lead, step by step, to an environment without spec.promotion.',
  *check({ environments }) {
    const byName = new Map(environments.map((environment) => [environment.name, environment]));
    for (const environment of environments) {
      const from = environment.environment.spec.promotion?.from;
      if (from === undefined) continue;
      const position = environment.positionOf(['spec', 'promotion', 'from']);
      if (!byName.has(from)) {
        yield {
          message: `${environment.name} is promoted to from ${from}, and there is no such environment`,
          position,
          remedy: `Write one of ${[...byName.keys()].filter((name) => name !== environment.name).join(', ') || 'the environments'}, or remove spec.promotion.`,
          environments: [environment.name],
        };
      } else if (isInRing(environment, byName)) {
        yield {
          message: `${environment.name} is promoted to from ${from}, and that from ${environment.name} in the end`,
          position,
          remedy: 'Remove spec.promotion from the one that people push to.',
          environments: [environment.name],
        };
      }
    }
  },
};

function isInRing(start: LintEnvironment, byName: ReadonlyMap<string, LintEnvironment>): boolean {
  const seen = new Set<string>();
  for (let name = start.environment.spec.promotion?.from; name !== undefined && !seen.has(name);) {
    if (name === start.name) return true;
    seen.add(name);
    name = byName.get(name)?.environment.spec.promotion?.from;
  }
  return false;
}
