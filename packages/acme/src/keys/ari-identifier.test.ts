import { expect, test } from '@jest/globals';
import { createSelfSigned } from '../testing/self-signed.ts';
import { ariIdentifier } from './ari-identifier.ts';

const identify = async (options: Parameters<typeof createSelfSigned>[0]) =>
  ariIdentifier((await createSelfSigned(options)).certificate);

test('is that of the example of RFC 9773, section 4.1', async () => {
  const authorityKeyId = '69885B6B87464041E1B37B847BA0AE2CDE01C8D4';
  expect(await identify({ authorityKeyId, serialNumber: '87654321' })).toBe('aYhba4dGQEHhs3uEe6CuLN4ByNQ.AIdlQyE');
});

test('a serial number below 0x80 has no zero before it', async () => {
  expect(await identify({ authorityKeyId: '01', serialNumber: '7f' })).toBe('AQ.fw');
});

test('there is none for a certificate that does not name its issuer’s key', async () => {
  expect(await identify({ serialNumber: '01' })).toBeUndefined();
});
