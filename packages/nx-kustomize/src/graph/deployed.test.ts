import { expect, test } from '@jest/globals';
import { commonFolder } from './deployed.ts';

test.each<{ folders: readonly string[]; then: string }>([
  { folders: ['overlays/dev', 'overlays/staging'], then: 'overlays' },
  { folders: ['apps/mail/envs/prod', 'apps/orders/envs/dev'], then: 'apps' },
  { folders: ['apps/orders/envs/dev', 'apps/orders/envs/prod'], then: 'apps/orders/envs' },
  { folders: ['apps/staging', 'infrastructure/namespaces'], then: '.' },
  { folders: ['staging', 'production'], then: '.' },
  { folders: ['overlays/dev'], then: 'overlays' },
  { folders: ['dev'], then: '.' },
  { folders: [], then: '.' },
])('given $folders, then $then', ({ folders, then }) => {
  expect(commonFolder(folders)).toBe(then);
});
