import type { Fetch } from '../transport.ts';

export interface Credentials {
  /** A token, or where to get a fresh one before each call. Without any credentials only `session.create` and `version` work. */
  readonly token?: string | (() => string | undefined | Promise<string | undefined>) | undefined;
  /** A local user, instead of a token: logs in at the first call, and again when the session has ended. */
  readonly user?: { readonly name: string; readonly password: string } | undefined;
}

/** Sends each request with the token that is in force. */
export function authorizedFetch(
  fetch: Fetch,
  { token, user }: Credentials,
  logIn: (name: string, password: string) => Promise<string>,
): Fetch {
  if (user === undefined) {
    return async (request) => fetch(withToken(request, typeof token === 'function' ? await token() : token));
  }
  let login: Promise<string> | undefined;
  const renew = (): Promise<string> => {
    const started = logIn(user.name, user.password);
    // A login that failed is no session to keep.
    started.catch(() => (login = login === started ? undefined : login));
    return (login = started);
  };
  return async (request) => {
    const current = login ?? renew();
    const again = request.clone();
    const answer = await fetch(withToken(request, await current));
    if (answer.status !== 401) return answer;
    await answer.body?.cancel();
    // Of many calls that find the session ended, one logs in again.
    return fetch(withToken(again, await (login === current || login === undefined ? renew() : login)));
  };
}

function withToken(request: Request, token: string | undefined): Request {
  // Argo CD refuses what changes something and is not of this type, also without a body: so no page of another site can send it.
  if (request.method !== 'GET' && !request.headers.has('content-type')) {
    request.headers.set('content-type', 'application/json');
  }
  if (token !== undefined) request.headers.set('authorization', `Bearer ${token}`);
  return request;
}
