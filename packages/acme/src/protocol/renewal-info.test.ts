import { expect, test } from '@jest/globals';
import type { HttpResponse } from './http.ts';
import { askRenewalInfo } from './renewal-info.ts';

const now = new Date('2026-03-01T00:00:00.000Z');
const { signal } = new AbortController();
const suggestedWindow = { start: '2026-03-10T00:00:00Z', end: '2026-03-12T02:00:00+02:00' };
const urls = { newNonce: 'https://ca.test/n', newAccount: 'https://ca.test/a', newOrder: 'https://ca.test/o' };

function ask(body: unknown, retryAfter?: string, renewalInfo: string | null = 'https://ca.test/renewal-info') {
  const asked: string[] = [];
  const response: HttpResponse = {
    status: 200,
    header: (name) => (name === 'retry-after' ? retryAfter : undefined),
    body: JSON.stringify(body),
  };
  const ca = {
    directory: async () => ({ ...urls, ...(renewalInfo === null ? {} : { renewalInfo }) }),
    get: async (_: string, { url }: { url: string }) => {
      asked.push(url);
      return response;
    },
  };
  return { asked, info: askRenewalInfo(ca, 'aYhb.AIdl', now, signal) };
}

test('the window is read, in UTC, from the address that the certificate’s identifier makes', async () => {
  const { asked, info } = ask({ suggestedWindow, explanationURL: 'https://ca.test/why' }, '21600');
  expect(await info).toEqual({
    window: { start: '2026-03-10T00:00:00.000Z', end: '2026-03-12T00:00:00.000Z' },
    explanationUrl: 'https://ca.test/why',
    askAgainAt: new Date('2026-03-01T06:00:00.000Z'),
  });
  expect(asked).toEqual(['https://ca.test/renewal-info/aYhb.AIdl']);
});

test('a slash at the end of the CA’s address is not doubled', async () => {
  const { asked, info } = ask({ suggestedWindow }, undefined, 'https://ca.test/ari/');
  await info;
  expect(asked).toEqual(['https://ca.test/ari/aYhb.AIdl']);
});

test('a CA that offers no renewal information is not asked', async () => {
  const { asked, info } = ask({}, undefined, null);
  expect(await info).toBeUndefined();
  expect(asked).toEqual([]);
});

test.each([
  ['says nothing', undefined, '2026-03-01T06:00:00.000Z'],
  ['says a date', 'Sun, 01 Mar 2026 02:00:00 GMT', '2026-03-01T02:00:00.000Z'],
  ['wants to be asked at once', '0', '2026-03-01T00:01:00.000Z'],
  ['wants to be left alone for a year', '31536000', '2026-03-02T00:00:00.000Z'],
])('given a CA that %s, it is asked again between a minute and a day from now', async (_, retryAfter, then) => {
  expect((await ask({ suggestedWindow }, retryAfter).info)?.askAgainAt).toEqual(new Date(then));
});

test.each([
  ['ends before it starts', { suggestedWindow: { start: suggestedWindow.end, end: suggestedWindow.start } }],
  ['has no end', { suggestedWindow: { start: suggestedWindow.start } }],
  ['is missing', {}],
])('a window that %s is the CA’s mistake', async (_, body) => {
  await expect(ask(body).info).rejects.toMatchObject({ code: 'CA_BROKEN' });
});
