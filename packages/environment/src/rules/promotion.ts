import { promotionBranch } from '../followed-revision.ts';
import type { Rule } from './rule.ts';

export const promotionMovesItsBranch: Rule = (draft) => {
  const [from, revision] = [draft.at('spec', 'promotion', 'from'), draft.at('spec', 'sync', 'revision')];
  if (from === undefined || revision === undefined) return [];
  const name = draft.at('metadata', 'name');
  return [
    {
      path: ['spec', 'sync', 'revision'],
      atKey: true,
      message: `spec.sync.revision is not for an environment with spec.promotion.from: promotions move ${promotionBranch(typeof name === 'string' ? name : '<name>')}`,
      remedy: 'Remove spec.sync.revision, or spec.promotion where nothing is to be promoted.',
    },
  ];
};

export const promotionIsFromAnother: Rule = (draft) => {
  const from = draft.at('spec', 'promotion', 'from');
  if (typeof from !== 'string' || from !== draft.at('metadata', 'name')) return [];
  return [
    {
      path: ['spec', 'promotion', 'from'],
      message: `spec.promotion.from is ${from} itself`,
      remedy: 'Write the environment that runs a commit before this one does.',
    },
  ];
};
