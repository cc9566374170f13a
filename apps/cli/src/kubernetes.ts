import { readFile } from 'node:fs/promises';
import { request } from 'node:https';
import type { Layout } from '@gatefleet/local-cluster';
import { parse } from 'yaml';
import { z } from 'zod';
import { CliError } from './errors.ts';

/** One API server as one user. */
export interface Kubernetes {
  /** GET of an API path. @throws {@link CliError} `COMMAND_FAILED` with the server's words; `TIMED_OUT` */
  read(path: string, signal?: AbortSignal): Promise<unknown>;
  /** Makes the object at the collection's path, and gives it as the server made it. @throws as {@link read} */
  create(path: string, body: object, signal?: AbortSignal): Promise<unknown>;
  /** Deletes the object; one that is gone already is no error. @throws as {@link read} */
  remove(path: string, signal?: AbortSignal): Promise<void>;
  readonly server: string;
  readonly credentials: { readonly ca: string; readonly cert: string; readonly key: string };
}

const Kubeconfig = z.object({
  clusters: z.tuple([z.object({ cluster: z.object({ server: z.url(), 'certificate-authority-data': z.string() }) })]),
  users: z.tuple([
    z.object({ user: z.object({ 'client-certificate-data': z.string(), 'client-key-data': z.string() }) }),
  ]),
});

const requestTimeoutMs = 20_000;

/** Opens the local cluster's API. @throws {@link CliError} `NOT_RUNNING` */
export async function openKubernetes({ kubeconfig }: Layout): Promise<Kubernetes> {
  const text = await readFile(kubeconfig, 'utf8').catch((cause: unknown) => {
    throw new CliError('NOT_RUNNING', `reading ${kubeconfig}: no cluster has been started here`, {
      hint: 'start one with `npm run up`',
      cause,
    });
  });
  const { clusters, users } = Kubeconfig.parse(parse(text));
  const decode = (base64: string) => Buffer.from(base64, 'base64').toString();
  const { server } = clusters[0].cluster;
  const credentials = {
    ca: decode(clusters[0].cluster['certificate-authority-data']),
    cert: decode(users[0].user['client-certificate-data']),
    key: decode(users[0].user['client-key-data']),
  };
  return {
    server,
    credentials,
    read: (path, signal) => ask({ method: 'GET', doing: `reading ${path}`, path }, signal),
    create: (path, body, signal) => ask({ method: 'POST', doing: `making an object at ${path}`, path, body }, signal),
    async remove(path, signal) {
      await ask({ method: 'DELETE', doing: `deleting ${path}`, path, also: 404 }, signal);
    },
  };

  function ask({ method, doing, path, body, also }: Asked, signal: AbortSignal | undefined): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const limit = AbortSignal.timeout(requestTimeoutMs);
      const either = signal === undefined ? limit : AbortSignal.any([signal, limit]);
      const fail = (cause: Error) => {
        if (signal?.aborted === true) reject(cause);
        else if (limit.aborted)
          reject(new CliError('TIMED_OUT', `${doing}: no answer in ${requestTimeoutMs / 1000} s`, { cause }));
        else
          reject(
            new CliError('NOT_RUNNING', `${doing} at ${server}: ${cause.message}`, {
              hint: 'is the cluster running? `gatefleet status` tells',
              cause,
            }),
          );
      };
      const text = body === undefined ? undefined : JSON.stringify(body);
      const headers = text === undefined ? {} : { 'Content-Type': 'application/json' };
      request(new URL(path, server), { ...credentials, method, headers, signal: either }, (response) => {
        let answer = '';
        response.setEncoding('utf8').on('data', (part: string) => (answer += part));
        response.on('error', fail);
        response.on('end', () => {
          const status = response.statusCode ?? 0;
          if ((status >= 200 && status < 300) || status === also) resolve(JSON.parse(answer));
          else reject(new CliError('COMMAND_FAILED', `${doing}: status ${status}: ${answer.slice(0, 300)}`));
        });
      })
        .on('error', fail)
        .end(text);
    });
  }
}

interface Asked {
  readonly method: 'GET' | 'POST' | 'DELETE';
  /** What is under way, for messages. */
  readonly doing: string;
  readonly path: string;
  readonly body?: object;
  /** A status beside 2xx that is an answer. */
  readonly also?: number;
}
