import { expect, test } from '@jest/globals';
import { retryingFetch } from './retry.ts';

/** Answers in turn; an error is no answer. */
function answering(answers: readonly (number | Error)[]): { fetch: (r: Request) => Promise<Response>; sent: string[] } {
  const sent: string[] = [];
  const left = [...answers];
  return {
    sent,
    async fetch(request) {
      sent.push(request.method);
      const answer = left.shift() ?? 200;
      if (answer instanceof Error) throw answer;
      return new Response('', { status: answer });
    },
  };
}

const url = 'http://argocd.example.org/';

test.each([
  { given: 'no answer', answers: [new Error('ECONNREFUSED'), 200], sent: 2, status: 200 },
  { given: 'a server that starts', answers: [503, 502, 200], sent: 3, status: 200 },
  { given: 'a server that never can', answers: [503, 503, 503, 200], sent: 3, status: 503 },
  { given: 'an answer, if a bad one', answers: [500, 200], sent: 1, status: 500 },
  { given: 'a refusal', answers: [403, 200], sent: 1, status: 403 },
])('given $given, a reading call is sent $sent times', async ({ answers, sent, status }) => {
  const server = answering(answers);
  expect((await retryingFetch(server.fetch)(new Request(url))).status).toBe(status);
  expect(server.sent).toHaveLength(sent);
});

test.each(['POST', 'PUT', 'PATCH', 'DELETE'])('a %s is sent once, whatever comes of it', async (method) => {
  const server = answering([new Error('ECONNRESET'), 200]);
  await expect(retryingFetch(server.fetch)(new Request(url, { method }))).rejects.toThrow('ECONNRESET');
  expect(server.sent).toEqual([method]);
});

test('a certificate that does not hold is tried once', async () => {
  const error = Object.assign(new Error('self-signed certificate'), { code: 'DEPTH_ZERO_SELF_SIGNED_CERT' });
  const server = answering([error, 200]);
  await expect(retryingFetch(server.fetch)(new Request(url))).rejects.toBe(error);
  expect(server.sent).toHaveLength(1);
});

test('an abort ends the repeating', async () => {
  const stop = new AbortController();
  const server = answering([503, 503, 503]);
  const pending = retryingFetch(async (request) => {
    const answer = await server.fetch(request);
    stop.abort();
    return answer;
  })(new Request(url, { signal: stop.signal }));
  await expect(pending).rejects.toThrow();
  expect(server.sent).toHaveLength(1);
});
