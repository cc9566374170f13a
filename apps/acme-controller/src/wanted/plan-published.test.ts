import { expect, test } from '@jest/globals';
import { planPublished } from './plan-published.ts';

const now = new Date('2026-01-01T00:00:00Z');
const good = (...names: string[]) => ({ names, notAfter: '2026-03-01T00:00:00Z' });
const ended = (...names: string[]) => ({ names, notAfter: '2025-12-31T00:00:00Z' });

test.each<{
  given: string;
  wanted?: Record<string, string[]>;
  published?: string[];
  outdated?: string[];
  kept?: Record<string, ReturnType<typeof good> & { readonly revokeFor?: string }>;
  publish?: string[];
  unpublish?: string[];
}>([
  { given: 'what is wanted is served', wanted: { i: ['a'] }, published: ['i'], kept: { i: good('a') } },
  { given: 'nothing wants it any more', published: ['i'], kept: { i: good('a') }, unpublish: ['i'] },
  {
    given: 'a crash came between keeping another one and publishing it',
    wanted: { i: ['a'] },
    published: ['i'],
    outdated: ['i'],
    kept: { i: good('a') },
    publish: ['i'],
  },
  {
    given: 'it is wanted again, but is revoked',
    wanted: { i: ['a'] },
    kept: { i: { ...good('a'), revokeFor: 'superseded' } },
  },
  { given: 'it is wanted again', wanted: { i: ['a'] }, kept: { i: good('a') }, publish: ['i'] },
  { given: 'it is wanted again, but has ended', wanted: { i: ['a'] }, kept: { i: ended('a') } },
  { given: 'there is none yet', wanted: { i: ['a'] } },
  {
    given: 'a name was added and the new one is not there yet',
    wanted: { j: ['a', 'b'] },
    published: ['i'],
    kept: { i: good('a') },
  },
  {
    given: 'a name was added and the new one is there',
    wanted: { j: ['a', 'b'] },
    published: ['i', 'j'],
    kept: { i: good('a'), j: good('a', 'b') },
    unpublish: ['i'],
  },
  {
    given: 'a name was added while the old one ended',
    wanted: { j: ['a', 'b'] },
    published: ['i'],
    kept: { i: ended('a') },
    unpublish: ['i'],
  },
  { given: 'something without a record is there', published: ['x'], unpublish: ['x'] },
])('given that $given', ({ wanted = {}, published = [], outdated = [], kept = {}, publish = [], unpublish = [] }) => {
  const served = {
    wanted: new Map(Object.entries(wanted)),
    published: new Set(published),
    outdated: new Set(outdated),
    kept: new Map(Object.entries(kept)),
  };
  expect(planPublished(served, now)).toEqual({ publish, unpublish });
});
