import { expect, test } from '@jest/globals';
import { projectNames } from './project-names.ts';

interface Case {
  readonly given: string;
  readonly folders: readonly string[];
  readonly environments?: readonly string[];
  readonly taken?: readonly string[];
  readonly then: readonly string[];
}

test.each<Case>([
  {
    given: 'folders of different names',
    folders: ['base', 'base/consul', 'overlays/dev'],
    then: ['base', 'consul', 'dev'],
  },
  {
    given: 'the same stage of several apps',
    folders: ['apps/orders/envs/prod', 'apps/mail/envs/prod', 'apps/mail/envs/dev'],
    then: ['orders-envs-prod', 'mail-envs-prod', 'dev'],
  },
  {
    given: 'an environment and another folder of its name',
    folders: ['overlays/dev', 'apps/argocd/dev'],
    environments: ['overlays/dev'],
    then: ['dev', 'argocd-dev'],
  },
  {
    given: 'a package of the same name',
    folders: ['base/controller'],
    taken: ['controller'],
    then: ['base-controller'],
  },
  { given: 'a folder at the root whose name is taken', folders: ['base'], taken: ['base'], then: ['kustomize/base'] },
  { given: 'the root itself', folders: ['.'], then: ['root'] },
  { given: 'a dash that looks like a step', folders: ['a/b', 'x/a-b', 'x/b'], then: ['kustomize/a/b', 'x-a-b', 'x-b'] },
])('given $given, then $then', ({ folders, environments = [], taken = [], then }) => {
  const named = folders.map((folder) => ({ folder, isEnvironment: environments.includes(folder) }));
  expect([...projectNames(named, new Set(taken)).values()]).toEqual(then);
});
