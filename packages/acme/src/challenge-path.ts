import { TOKEN } from './protocol/resources.ts';

const PREFIX = '/.well-known/acme-challenge/';

/**
 * The token that a request's path asks for, or `undefined` if it is not exactly the path of an HTTP-01 challenge. Nothing is decoded: a
 * token needs no escapes, so a path that has some, or a query, or dots, is not one.
 */
export function challengeToken(path: string): string | undefined {
  if (!path.startsWith(PREFIX)) return undefined;
  const token = path.slice(PREFIX.length);
  return TOKEN.test(token) ? token : undefined;
}

/** The path at which a CA asks for a token (RFC 8555, section 8.3). */
export const challengePath = (token: string): string => PREFIX + token;
