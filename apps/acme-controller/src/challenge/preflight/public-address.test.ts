import { expect, test } from '@jest/globals';
import { isPublicAddress, networkList } from './public-address.ts';

test.each([
  '1.1.1.1',
  '9.255.255.255',
  '100.63.255.255',
  '172.32.0.1',
  '168.63.129.15',
  '2a00:1450::1',
  '2606:4700::1',
])('%s is public', (address) => {
  expect(isPublicAddress(address)).toBe(true);
});

test.each([
  ['this machine', '0.0.0.0'],
  ['this machine', '127.0.0.1'],
  ['this machine', '127.8.8.8'],
  ['this machine', '::1'],
  ['this machine', '::'],
  ['a private network', '10.0.0.1'],
  ['a private network', '172.16.0.1'],
  ['a private network', '172.31.255.255'],
  ['a private network', '192.168.1.1'],
  ['a private network', 'fd12:3456::1'],
  ['a shared network', '100.64.0.1'],
  ['the metadata of a cloud', '169.254.169.254'],
  ['the metadata of a cloud', 'fd00:ec2::254'],
  ['the metadata of a cloud', '100.100.100.200'],
  ['the metadata of a cloud', '192.0.0.192'],
  ['the services of a cloud to its machines', '168.63.129.16'],
  ['a link', 'fe80::1'],
  ['documentation', '192.0.2.1'],
  ['documentation', '2001:db8::1'],
  ['benchmarks', '198.19.0.1'],
  ['many at once', '224.0.0.1'],
  ['many at once', 'ff02::1'],
  ['everybody', '255.255.255.255'],
  ['IPv4 in IPv6', '::ffff:10.0.0.1'],
  ['IPv4 in IPv6', '::ffff:127.0.0.1'],
  ['IPv4 in IPv6', '::ffff:1.1.1.1'],
  ['IPv4 in IPv6', '64:ff9b::a00:1'],
  ['IPv4 in IPv6', '2002:a00:1::1'],
  ['a tunnel', '2001:0:1::1'],
])('of %s, %s is not public', (_, address) => {
  expect(isPublicAddress(address)).toBe(false);
});

test('networks of one’s own hold what is in them, of either kind', () => {
  const isOurs = networkList(['10.1.0.0/16', 'fd00:1::/64']);
  expect(['10.1.255.1', '10.2.0.1', 'fd00:1::5', 'fd00:2::5', '::ffff:10.1.0.1'].map(isOurs)).toEqual([
    true,
    false,
    true,
    false,
    true,
  ]);
});
