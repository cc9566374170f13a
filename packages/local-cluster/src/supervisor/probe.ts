import { request } from 'node:https';
import { connect } from 'node:net';
import type { KeyPair } from '../pki/authority.ts';

/** Asks `https://host:port/path` as the given client; true for status 200. */
export function httpsAnswers(
  target: { host: string; port: number; path: string },
  trust: { authority: string; client?: KeyPair },
  signal: AbortSignal,
): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const asked = request(
      {
        ...target,
        ca: trust.authority,
        ...(trust.client === undefined ? {} : { cert: trust.client.certificate, key: trust.client.key }),
        agent: false,
        signal,
      },
      (response) => {
        response.resume();
        resolve(response.statusCode === 200);
      },
    );
    asked.once('error', reject).end();
  });
}

/** Whether something accepts connections there: a port, or the path of a unix socket. */
export function accepts(target: { host: string; port: number } | { path: string }): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(target);
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => {
      resolve(false);
    });
  });
}
