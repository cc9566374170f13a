import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { fieldChanges, type FieldChange } from './field-changes.ts';

test.each<[string, unknown, unknown, FieldChange[]]>([
  ['equal values have none', { a: [1, { b: 2 }] }, { a: [1, { b: 2 }] }, []],
  ['the order of keys does not count', { a: 1, b: 2 }, { b: 2, a: 1 }, []],
  ['a changed scalar is named by its path', { a: { b: 1 } }, { a: { b: 2 } }, [{ path: 'a.b', before: 1, after: 2 }]],
  ['an added key has no before', { a: 1 }, { a: 1, b: { c: 2 } }, [{ path: 'b', after: { c: 2 } }]],
  ['a removed key has no after', { a: 1, b: null }, { a: 1 }, [{ path: 'b', before: null }]],
  [
    'keys with dots or slashes are quoted',
    { annotations: { 'a.b/c': 'x' } },
    { annotations: { 'a.b/c': 'y' } },
    [{ path: 'annotations["a.b/c"]', before: 'x', after: 'y' }],
  ],
  [
    'items are told apart by name',
    [
      { name: 'a', image: '1' },
      { name: 'b', image: '1' },
    ],
    [
      { name: 'b', image: '2' },
      { name: 'a', image: '1' },
    ],
    [{ path: '[b].image', before: '1', after: '2' }],
  ],
  [
    'mounts are told apart by their path',
    [
      { name: 'data', mountPath: '/a' },
      { name: 'data', mountPath: '/b' },
    ],
    [{ name: 'data', mountPath: '/a' }],
    [{ path: '[/b]', before: { name: 'data', mountPath: '/b' } }],
  ],
  [
    'items that nothing tells apart are told by index',
    [{ verbs: ['get'] }, { verbs: ['list'] }],
    [{ verbs: ['get'] }, { verbs: ['watch'] }],
    [
      { path: '[1].verbs[list]', before: 'list' },
      { path: '[1].verbs[watch]', after: 'watch' },
    ],
  ],
  [
    'a flag with another value is one change',
    ['server', '--log.level=INFO'],
    ['server', '--log.level=DEBUG', '--api'],
    [
      { path: '[--log.level]', before: '--log.level=INFO', after: '--log.level=DEBUG' },
      { path: '[--api]', after: '--api' },
    ],
  ],
  [
    'a flag given twice is told by its whole text',
    ['--zone=a', '--zone=b'],
    ['--zone=a', '--zone=c'],
    [
      { path: '[--zone=b]', before: '--zone=b' },
      { path: '[--zone=c]', after: '--zone=c' },
    ],
  ],
  ['another order alone is said', ['a', 'b'], ['b', 'a'], [{ path: '', reordered: true }]],
  ['another type is a change of the whole', { a: [1] }, { a: { b: 1 } }, [{ path: 'a', before: [1], after: { b: 1 } }]],
])('%s', (_, before, after, expected) => {
  expect(fieldChanges(before, after)).toEqual(expected);
});

test('there are changes exactly when the values differ', () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.jsonValue(), (a, b) => {
      const [left, right] = [JSON.stringify(sorted(a)), JSON.stringify(sorted(b))];
      expect(fieldChanges(a, b).length === 0).toBe(left === right);
    }),
  );
});

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return { mapping: entries.map(([key, inner]) => [key, sorted(inner)]) };
}
