import { expect, test } from '@jest/globals';
import { checkIsolation } from './preflight.ts';

test('on another system than Linux, it says what to use instead', async () => {
  await expect(checkIsolation('unshare', 'darwin')).rejects.toMatchObject({
    code: 'NOT_LINUX',
    hint: expect.stringContaining('--context'),
  });
});

test('given a kernel that forbids namespaces, it says so with the kernel’s words and a way out', async () => {
  await expect(checkIsolation('/bin/false')).rejects.toMatchObject({
    code: 'NAMESPACES_FORBIDDEN',
    hint: expect.stringMatching(/sysctl|--context/),
  });
});
