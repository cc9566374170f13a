import { expect, test } from '@jest/globals';
import { planRollback } from './plan-rollback.ts';

const deployment = (id: number, revision: string) => ({ id, revision, deployedAt: '', by: 'automated' });
const known = [deployment(4, 'ccc'), deployment(3, 'ccc'), deployment(2, 'bbb'), deployment(1, 'aaa')];

test.each<{ given: string; deployments?: typeof known; asked?: string; attempted?: string; then: number | string }>([
  { given: 'nothing asked, the newest of another commit', then: 2 },
  { given: 'a number', asked: '1', then: 1 },
  { given: 'the beginning of a commit', asked: 'aa', then: 1 },
  { given: 'a commit that failed after them', attempted: 'ddd', then: 4 },
  { given: 'that commit, and the one before by name', attempted: 'ddd', asked: 'cc', then: 4 },
  { given: 'what runs', asked: 'cc', then: 'ccc is what runs' },
  {
    given: 'a commit that was never deployed',
    asked: 'dd',
    then: 'Argo CD remembers no deployment dd; `gatefleet history` shows those it does',
  },
  { given: 'one deployment only', deployments: [deployment(1, 'aaa')], then: 'Argo CD remembers no other commit' },
  { given: 'none at all', deployments: [], then: 'nothing has been deployed yet' },
])('given $given', ({ deployments = known, asked, attempted = deployments[0]?.revision, then }) => {
  const target = planRollback(deployments, asked, attempted);
  expect(target.kind === 'to' ? target.deployment.id : target.reason).toBe(then);
});
