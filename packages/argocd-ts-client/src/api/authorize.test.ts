import { expect, test } from '@jest/globals';
import { authorizedFetch } from './authorize.ts';

const url = 'http://argocd.example.org/';
const user = { name: 'admin', password: 'right' };

/** A server that takes one token, and what was sent to it. */
function server(): {
  valid: string;
  logins: number;
  fetch: (r: Request) => Promise<Response>;
  logIn: () => Promise<string>;
} {
  const state = {
    valid: 'token-1',
    logins: 0,
    fetch: async (request: Request) =>
      new Response(await request.text(), {
        status: request.headers.get('authorization') === `Bearer ${state.valid}` ? 200 : 401,
      }),
    logIn: async () => `token-${++state.logins}`,
  };
  return state;
}

test('a user logs in once, and once again when the session has ended; what was sent is sent again', async () => {
  const argoCd = server();
  const send = authorizedFetch(argoCd.fetch, { user }, argoCd.logIn);
  const both = await Promise.all([send(new Request(url)), send(new Request(url))]);
  expect(both.map(({ status }) => status)).toEqual([200, 200]);
  expect(argoCd.logins).toBe(1);
  argoCd.valid = 'token-2';
  const answers = await Promise.all(['a', 'b'].map((body) => send(new Request(url, { method: 'POST', body }))));
  expect(await Promise.all(answers.map((answer) => answer.text()))).toEqual(['a', 'b']);
  expect(argoCd.logins).toBe(2);
});

test('a user who may not is refused, without an end of logins', async () => {
  const argoCd = server();
  argoCd.valid = 'never';
  const answer = await authorizedFetch(argoCd.fetch, { user }, argoCd.logIn)(new Request(url));
  expect(answer.status).toBe(401);
  expect(argoCd.logins).toBe(2);
});

test('a login that failed is tried again by the next call', async () => {
  const argoCd = server();
  let isUp = false;
  const send = authorizedFetch(argoCd.fetch, { user }, async () => {
    if (!isUp) throw new Error('starting');
    return argoCd.logIn();
  });
  await expect(send(new Request(url))).rejects.toThrow('starting');
  isUp = true;
  expect((await send(new Request(url))).status).toBe(200);
});

test('a token may come from where it is fresh', async () => {
  const argoCd = server();
  const tokens = ['token-0', 'token-1'];
  const send = authorizedFetch(argoCd.fetch, { token: () => tokens.shift() }, argoCd.logIn);
  expect((await send(new Request(url))).status).toBe(401);
  expect((await send(new Request(url))).status).toBe(200);
});

test('what changes something says its type, also without a body: Argo CD refuses it otherwise', async () => {
  const types: (string | null)[] = [];
  const send = authorizedFetch(
    async (request) => {
      types.push(request.headers.get('content-type'));
      return new Response();
    },
    { token: 'token-1' },
    server().logIn,
  );
  for (const method of ['GET', 'DELETE']) await send(new Request(url, { method }));
  expect(types).toEqual([null, 'application/json']);
});
