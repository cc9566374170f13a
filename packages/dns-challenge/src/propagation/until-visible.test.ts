import { expect, test } from '@jest/globals';
import type { Place, Sight } from './look.ts';
import { lackingOf } from './until-visible.ts';

const shown: Sight = { kind: 'values', values: ['other', 'ours'] };
const absent: Sight = { kind: 'values', values: ['other'] };
const silent: Sight = { kind: 'silent', reason: 'ETIMEOUT' };
const refused: Sight = { kind: 'refused', reason: 'REFUSED' };
const noRoute: Sight = { kind: 'no-route' };

test.each<{ given: string; sights: Record<string, Sight>; then: readonly (readonly [string, string])[] }>([
  { given: 'the value everywhere', sights: { 'ns1/1': shown, 'ns2/2': shown }, then: [] },
  { given: 'another value at one', sights: { 'ns1/1': shown, 'ns2/2': absent }, then: [['2', 'absent']] },
  {
    given: 'another value at one of two addresses',
    sights: { 'ns1/1': shown, 'ns1/2': absent },
    then: [['2', 'absent']],
  },
  { given: 'a silent one', sights: { 'ns1/1': shown, 'ns2/2': silent }, then: [['2', 'silent']] },
  { given: 'one that does not know the zone', sights: { 'ns1/1': refused }, then: [['1', 'refused']] },
  { given: 'no way to the second address of one', sights: { 'ns1/1': shown, 'ns1/v6': noRoute }, then: [] },
  { given: 'no way to any address of one', sights: { 'ns1/1': shown, 'ns2/v6': noRoute }, then: [['v6', 'silent']] },
  { given: 'no way to any', sights: { 'ns1/v6': noRoute }, then: [['v6', 'silent']] },
])('given $given, $then are lacking', ({ sights, then }) => {
  const byPlace = new Map<Place, Sight>(
    Object.entries(sights).map(([key, sight]) => {
      const [server = '', address = ''] = key.split('/');
      return [{ server, address }, sight];
    }),
  );
  expect(lackingOf(byPlace, 'ours').map(({ address, why }) => [address, why])).toEqual(then);
});
