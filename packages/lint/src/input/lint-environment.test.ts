import { expect, test } from '@jest/globals';
import { parseEnvironment, type Environment } from '@gatefleet/environment';
import { environmentsBeforeProduction } from './lint-environment.ts';

function environment(name: string, ...lines: string[]): Environment {
  const text = `apiVersion: gatefleet.dev/v1alpha1
kind: Environment
metadata: { name: ${name} }
spec:
  cluster: { name: ${name} }
  domains: [${name}.example.com]
  certificates: { email: a@example.com }
${lines.map((line) => `  ${line}\n`).join('')}`;
  const parsed = parseEnvironment(text, `overlays/${name}/environment.yaml`);
  if (parsed.kind === 'invalid') throw new Error(JSON.stringify(parsed.errors));
  return parsed.environment;
}

const from = (name: string) => `promotion: { from: ${name} }`;
const production = environment('live', 'stage: production', from('staging'));

test.each([
  { given: 'no production', environments: [environment('dev')], then: [] },
  { given: 'production alone', environments: [environment('live', 'stage: production')], then: ['live'] },
  {
    given: 'a row, and one beside it',
    environments: [environment('dev'), environment('qa', from('dev')), environment('staging', from('dev')), production],
    then: ['dev', 'live', 'staging'],
  },
  { given: 'a first one that is not there', environments: [production], then: ['live', 'staging'] },
  { given: 'a ring', environments: [environment('staging', from('live')), production], then: ['live', 'staging'] },
])('given $given, $then come to production', ({ environments, then }) => {
  expect([...environmentsBeforeProduction(environments)].toSorted()).toEqual(then);
});
