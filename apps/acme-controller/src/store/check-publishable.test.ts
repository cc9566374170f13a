import { createSelfSigned } from '@gatefleet/acme/testing';
import { expect, test } from '@jest/globals';
import { checkPublishable } from './check-publishable.ts';

const names = ['a.example.com'];
const good = await createSelfSigned({ names });
const other = await createSelfSigned({ names });
const half = good.certificate.slice(0, 200);

test.each<{ given: string; chain?: string; privateKey?: string; names?: string[]; says?: string }>([
  { given: 'a certificate with its key' },
  { given: 'a chain of two', chain: `${good.certificate}\n${other.certificate}\n` },
  { given: 'an empty chain', chain: '', says: 'not certificates in PEM' },
  { given: 'a chain that was cut off', chain: half, says: 'not certificates in PEM' },
  { given: 'a second certificate that was cut off', chain: good.certificate + half, says: 'not certificates in PEM' },
  {
    given: 'a second certificate that is none',
    chain: `${good.certificate}\n-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n`,
    says: 'cannot be decoded',
  },
  { given: 'no key', privateKey: '', says: 'private key cannot be decoded' },
  { given: 'another certificate’s key', privateKey: other.privateKey, says: 'belongs to another certificate' },
  { given: 'a name that it does not have', names: ['b.example.com'], says: 'does not cover b.example.com' },
])('given $given, it may be published unless: $says', ({ given: _, says, ...part }) => {
  const record = { names, chain: good.certificate, privateKey: good.privateKey, ...part };
  const check = () => checkPublishable(record);
  if (says === undefined) return expect(check).not.toThrow();
  expect(check).toThrow(expect.objectContaining({ code: 'BAD_CERTIFICATE', message: expect.stringContaining(says) }));
  expect(check).toThrow(expect.objectContaining({ message: expect.not.stringContaining('PRIVATE') }));
});
