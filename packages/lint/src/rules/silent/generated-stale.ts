import type { FleetRule } from '../../rule.ts';

export const generatedStale: FleetRule = {
  id: 'generated-stale',
  group: 'silent',
  scope: 'fleet',
  severity: 'error',
  summary: 'A generated file that is not what its environment.yaml makes.',
  why: 'What is deployed is not what environment.yaml says; the next generation changes it without anybody having meant to.',
  remedy: 'Run gatefleet generate, and commit what it writes.',
  *check({ stale }) {
    const wrong = { create: 'is missing', update: 'is not as generated', remove: 'is left over' } as const;
    for (const { environment, kind, path } of stale) {
      yield {
        message: `${path} ${wrong[kind]}`,
        position: environment.positionOf(['spec'], { atKey: true }),
        remedy: `Run: gatefleet generate ${environment.name}`,
        environments: [environment.name],
      };
    }
  },
};
