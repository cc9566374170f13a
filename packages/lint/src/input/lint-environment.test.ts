import { expect, test } from '@jest/globals';
import { environmentNamed } from '@gatefleet/environment/testing';
import { environmentsBeforeProduction } from './lint-environment.ts';

const from = (name: string) => ({ promotion: { from: name } });
const production = environmentNamed('live', { stage: 'production', ...from('staging') });

test.each([
  { given: 'no production', environments: [environmentNamed('dev')], then: [] },
  { given: 'production alone', environments: [environmentNamed('live', { stage: 'production' })], then: ['live'] },
  {
    given: 'a row, and one beside it',
    environments: [
      environmentNamed('dev'),
      environmentNamed('qa', from('dev')),
      environmentNamed('staging', from('dev')),
      production,
    ],
    then: ['dev', 'live', 'staging'],
  },
  { given: 'a first one that is not there', environments: [production], then: ['live', 'staging'] },
  { given: 'a ring', environments: [environmentNamed('staging', from('live')), production], then: ['live', 'staging'] },
])('given $given, $then come to production', ({ environments, then }) => {
  expect([...environmentsBeforeProduction(environments)].toSorted()).toEqual(then);
});
