import { expect, test } from '@jest/globals';
import { remoteFor } from './remote-for.ts';

const inside = 'http://git.internal:8080/gatefleet.git';
const remotes = [
  { name: 'fork', address: 'git@github.com:someone/fleet.git' },
  { name: 'origin', address: 'git@github.com:platform/fleet.git' },
  { name: 'mirror', address: 'https://git.example.com:8443/platform/fleet' },
  { name: 'local', address: 'http://127.0.0.1:40123/gatefleet.git' },
];

test.each([
  { given: 'another protocol', address: 'https://github.com/platform/fleet.git', then: 'origin' },
  { given: 'a user and no .git', address: 'ssh://git@github.com/platform/fleet', then: 'origin' },
  { given: 'a host in capitals', address: 'https://GitHub.com/platform/fleet', then: 'origin' },
  { given: 'a port', address: 'https://git.example.com:8443/platform/fleet.git', then: 'mirror' },
  { given: 'the local cluster’s own', address: inside, then: 'local' },
  {
    given: 'no remote for it',
    address: 'https://github.com/other/fleet.git',
    then: 'https://github.com/other/fleet.git',
  },
])('given $given, it is $then', ({ address, then }) => {
  expect(remoteFor(address, remotes, inside)).toBe(then);
});
