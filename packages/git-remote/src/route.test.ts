import { expect, test } from '@jest/globals';
import { routeOf } from './route.ts';

test.each([
  { method: 'GET', url: '/r.git/info/refs?service=git-upload-pack', then: 'git-upload-pack' },
  { method: 'GET', url: '/r.git/info/refs?service=git-receive-pack', then: 'git-receive-pack' },
  { method: 'POST', url: '/r.git/git-upload-pack', then: 'git-upload-pack' },
  { method: 'POST', url: '/r.git/git-receive-pack', then: 'git-receive-pack' },
  { method: 'GET', url: '/r.git/info/refs', then: undefined },
  { method: 'GET', url: '/r.git/HEAD', then: undefined },
  { method: 'GET', url: '/r.git/objects/info/packs', then: undefined },
  { method: 'GET', url: '/r.git/git-upload-pack', then: undefined },
  { method: 'POST', url: '/r.git/git-upload-archive', then: undefined },
  { method: 'GET', url: '/r.git/../other.git/info/refs?service=git-upload-pack', then: undefined },
  { method: 'GET', url: '/other.git/info/refs?service=git-upload-pack', then: undefined },
  { method: 'GET', url: '/r.git/info/refs?service=git-upload-pack&x=1', then: undefined },
])('$method $url asks for $then', ({ method, url, then }) => {
  expect(routeOf(method, url, '/r.git')?.service).toBe(then);
});

test('only the POST of receive-pack moves refs', () => {
  expect(routeOf('GET', '/r.git/info/refs?service=git-receive-pack', '/r.git')?.isPush).toBe(false);
  expect(routeOf('POST', '/r.git/git-receive-pack', '/r.git')?.isPush).toBe(true);
});
