import { readFile } from 'node:fs/promises';
import { request } from 'node:https';
import type { Layout } from '@gatefleet/local-cluster';
import { parse } from 'yaml';
import { z } from 'zod';
import { CliError } from './errors.ts';

/** Reads from one API server as one user. */
export interface Kubernetes {
  /** GET of an API path. @throws {@link CliError} `COMMAND_FAILED` with the server's words; `TIMED_OUT` */
  read(path: string, signal?: AbortSignal): Promise<unknown>;
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
    read: (path, signal) =>
      new Promise((resolve, reject) => {
        const limit = AbortSignal.timeout(requestTimeoutMs);
        const either = signal === undefined ? limit : AbortSignal.any([signal, limit]);
        const fail = (cause: Error) => {
          if (signal?.aborted === true) reject(cause);
          else if (limit.aborted)
            reject(new CliError('TIMED_OUT', `reading ${path}: no answer in ${requestTimeoutMs / 1000} s`, { cause }));
          else
            reject(
              new CliError('NOT_RUNNING', `reading ${server}${path}: ${cause.message}`, {
                hint: 'is the cluster running? `gatefleet status` tells',
                cause,
              }),
            );
        };
        request(new URL(path, server), { ...credentials, signal: either }, (response) => {
          let body = '';
          response.setEncoding('utf8').on('data', (part: string) => (body += part));
          response.on('error', fail);
          response.on('end', () => {
            if (response.statusCode === 200) resolve(JSON.parse(body));
            else
              reject(
                new CliError(
                  'COMMAND_FAILED',
                  `reading ${path}: status ${response.statusCode ?? 0}: ${body.slice(0, 300)}`,
                ),
              );
          });
        })
          .on('error', fail)
          .end();
      }),
  };
}
