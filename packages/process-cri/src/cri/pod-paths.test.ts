import { expect, test } from '@jest/globals';
import { logPath } from './container-calls.ts';
import { mayMountIn } from './pod-paths.ts';

const mayMount = mayMountIn({ podUid: 'abc-123', hostPaths: ['/srv/shared'] });

test.each([
  ['/var/lib/kubelet/pods/abc-123/volumes/kubernetes.io~empty-dir/data', true],
  ['/var/lib/kubelet/pods/abc-123/etc-hosts', true],
  ['/var/lib/kubelet/pods/other/volumes/x', false],
  ['/srv/shared', true],
  ['/srv/shared/below', true],
  ['/srv/shared-not', false],
  ['/home/me', false],
])('%s: %s', (path, allowed) => {
  expect(mayMount(path)).toBe(allowed);
});

test('without a uid nothing passes for the Pod’s own folder', () => {
  expect(mayMountIn({ podUid: '', hostPaths: [] })('/x/pods//y')).toBe(false);
});

test.each([
  ['/logs/pod', 'app/0.log', '/logs/pod/app/0.log'],
  ['', 'app/0.log', ''],
  ['/logs/pod', '', ''],
])('log folder "%s" and path "%s" give "%s"', (folder, path, then) => {
  expect(logPath(folder, path)).toBe(then);
});

test.each(['/etc/passwd', '../x', 'a/../../b'])('a log path %s is refused', (path) => {
  expect(() => logPath('/logs/pod', path)).toThrow('leaves its folder');
});
