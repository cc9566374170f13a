import { expect, test } from '@jest/globals';
import { isAuthorized } from './credentials.ts';

const basic = (text: string) => `Basic ${Buffer.from(text).toString('base64')}`;

test.each([
  { header: basic('git:geheim:ü'), then: true },
  { header: basic('git:geheim:ü').replace('Basic', 'basic'), then: true },
  { header: basic('git:geheim:u'), then: false },
  { header: basic('git:'), then: false },
  { header: basic('other:geheim:ü'), then: false },
  { header: 'Bearer geheim:ü', then: false },
  { header: 'Basic', then: false },
  { header: undefined, then: false },
])('given $header, authorized is $then', ({ header, then }) => {
  expect(isAuthorized(header, { user: 'git', password: 'geheim:ü' })).toBe(then);
});
