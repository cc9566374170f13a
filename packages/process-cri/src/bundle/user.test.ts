import { expect, test } from '@jest/globals';
import { planUser } from './user.ts';

const passwd = 'root:x:0:0:root:/root:/bin/sh\napp:x:1000:1001::/app:/bin/sh\n';
const group = 'root:x:0:\nextra:x:44:app,other\nmore:x:45:other\n';
const nothing = {
  run_as_user: null,
  run_as_group: null,
  run_as_username: '',
  supplemental_groups: [],
  supplemental_groups_policy: 'Merge' as const,
};
const app = { uid: 1000, gid: 1001 };

test.each([
  { given: 'nothing at all', asked: {}, user: undefined, then: { uid: 0, gid: 0, additionalGids: [] } },
  { given: 'the image’s user', asked: {}, user: app, then: { uid: 1000, gid: 1001, additionalGids: [44] } },
  {
    given: 'runAsUser that the image knows',
    asked: { run_as_user: { value: '1000' } },
    user: undefined,
    then: { uid: 1000, gid: 1001, additionalGids: [44] },
  },
  {
    given: 'runAsUser that the image does not know',
    asked: { run_as_user: { value: '7' } },
    user: app,
    then: { uid: 7, gid: 0, additionalGids: [] },
  },
  {
    given: 'runAsUser and runAsGroup',
    asked: { run_as_user: { value: '7' }, run_as_group: { value: '8' } },
    user: app,
    then: { uid: 7, gid: 8, additionalGids: [] },
  },
  {
    given: 'fsGroup and the policy Strict',
    asked: { supplemental_groups: ['9', '9', '1001'], supplemental_groups_policy: 'Strict' as const },
    user: app,
    then: { uid: 1000, gid: 1001, additionalGids: [9] },
  },
  {
    given: 'a name',
    asked: { run_as_username: 'app' },
    user: undefined,
    then: { uid: 1000, gid: 1001, additionalGids: [44] },
  },
])('given $given, $then', ({ asked, user, then }) => {
  expect(planUser({ ...nothing, ...asked }, { user, passwd, group })).toEqual(then);
});

test('a name that the image lacks and a group without a user are refused', () => {
  const image = { user: undefined, passwd, group };
  expect(() => planUser({ ...nothing, run_as_username: 'ghost' }, image)).toThrow('no user "ghost"');
  expect(() => planUser({ ...nothing, run_as_group: { value: '5' } }, image)).toThrow('runAsUser is not');
});
