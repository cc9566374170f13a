import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { basename, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { runBackend } from './backend.ts';
import { isAuthorized, type Credentials } from './credentials.ts';
import { openDoor, type Door, type Listener } from './door.ts';
import { GitRemoteError } from './errors.ts';
import { readRefs, requireBareRepository } from './git.ts';
import { refUpdates, type RefUpdate } from './ref-updates.ts';
import { routeOf, type Route } from './route.ts';
import { Slots } from './slots.ts';

export interface GitRemoteOptions {
  /** Path of the bare repository. It is served at `/<name of its folder>`. */
  readonly repository: string;
  /** Fetch and push, both with HTTP basic authentication. Without a listener it takes connections by `handle` alone. */
  readonly writable: Credentials & { readonly listener?: Listener | undefined };
  /** Fetch alone, for anyone who reaches it. */
  readonly readable?: Listener | undefined;
  /** Called with what a push has changed, after git has ended; not when it changed nothing. */
  readonly onPush?: ((refs: readonly RefUpdate[]) => void | Promise<void>) | undefined;
  /** Told of requests that failed on this side, and of a callback that threw. */
  readonly onError?: ((error: GitRemoteError) => void) | undefined;
  /** Largest body of a request as sent, in bytes. Default 512 MiB. */
  readonly maxBodyBytes?: number | undefined;
  /** How many gits may run at once; further requests wait. Default 8. */
  readonly maxConcurrent?: number | undefined;
}

export interface GitRemote {
  readonly writable: Pick<Door, 'address' | 'handle'>;
  readonly readable: Pick<Door, 'address' | 'handle'>;
  /** Path to put behind the address of either, e.g. `/gatefleet.git`. */
  readonly path: string;
  /** Lets running requests end for up to 5 s; every push that happened has then been told. A listener that was handed over stays open. */
  close(): Promise<void>;
}

const graceMs = 5_000;
const maxWaiting = 100;

/**
 * Serves one bare repository by git's smart HTTP protocol, with a door for writers and one for readers.
 *
 * @throws GitRemoteError `NOT_A_REPOSITORY`, `GIT_MISSING`, `ADDRESS_UNUSABLE`
 */
export async function startGitRemote(options: GitRemoteOptions): Promise<GitRemote> {
  const { writable, readable, maxBodyBytes = 512 * 1024 * 1024, maxConcurrent = 8 } = options;
  const repository = resolve(options.repository);
  await requireBareRepository(repository);
  const path = `/${basename(repository)}`;
  const slots = new Slots(maxConcurrent, maxWaiting);
  const pushes = new Slots(1, maxWaiting); // one at a time, so that a change of refs belongs to one push
  const running = new Set<Promise<void>>();
  const ending = new AbortController();

  const serve = (credentials: Credentials | undefined): RequestListener => {
    return (request, response) => {
      const route = admit(request, response, path, credentials);
      if (route === undefined) return;
      if (ending.signal.aborted || slots.isFull || pushes.isFull)
        return refuse(response, 503, 'busy', { 'retry-after': '2' });
      const { signal } = ending;
      const call = {
        repository,
        isWritable: credentials !== undefined,
        user: credentials?.user,
        maxBodyBytes,
        signal,
        ...route,
      };
      const work = () => slots.run(() => runBackend(call, request, response));
      const served = (route.isPush ? pushes.run(() => observed(repository, options, work)) : work()).catch(
        (error: unknown) => {
          report(options, error);
          if (!response.headersSent) refuse(response, 500, 'git failed');
        },
      );
      running.add(served);
      void served.finally(() => running.delete(served));
    };
  };

  const writers = await openDoor(writable.listener, serve(writable));
  const readers = await openDoor(readable, serve(undefined)).catch(async (error: unknown) => {
    await writers.close(Promise.resolve());
    throw error;
  });
  return {
    writable: writers,
    readable: readers,
    path,
    async close() {
      const idle = Promise.race([Promise.all(running), sleep(graceMs, undefined, { ref: false })]).then(() =>
        ending.abort(),
      );
      await Promise.all([writers.close(idle), readers.close(idle)]);
      await Promise.all(running);
    },
  };
}

function admit(
  request: IncomingMessage,
  response: ServerResponse,
  prefix: string,
  credentials: Credentials | undefined,
): Route | undefined {
  if (credentials !== undefined && !isAuthorized(request.headers.authorization, credentials)) {
    refuse(response, 401, 'a user and a password are needed', {
      'www-authenticate': 'Basic realm="git", charset="UTF-8"',
    });
    return undefined;
  }
  const route = routeOf(request.method, request.url, prefix);
  if (route === undefined) refuse(response, 404, 'there is nothing here');
  else if (credentials === undefined && route.service === 'git-receive-pack')
    refuse(response, 403, 'this address is for reading');
  else return route;
  return undefined;
}

/** Runs a push and tells what it changed, also when its client left before the end. */
async function observed(repository: string, options: GitRemoteOptions, push: () => Promise<void>): Promise<void> {
  const before = await readRefs(repository);
  try {
    await push();
  } finally {
    const updates = refUpdates(before, await readRefs(repository));
    if (updates.length > 0) void tell(options, updates);
  }
}

async function tell(options: GitRemoteOptions, updates: readonly RefUpdate[]): Promise<void> {
  try {
    await options.onPush?.(updates);
  } catch (cause) {
    const refs = updates.map(({ ref }) => ref).join(', ');
    report(options, new GitRemoteError('PUSH_CALLBACK_FAILED', `telling of a push to ${refs}`, { cause }));
  }
}

function refuse(response: ServerResponse, status: number, message: string, headers: Record<string, string> = {}): void {
  response.writeHead(status, { 'content-type': 'text/plain', connection: 'close', ...headers }).end(`${message}\n`);
}

function report({ onError }: GitRemoteOptions, error: unknown): void {
  onError?.(
    error instanceof GitRemoteError
      ? error
      : new GitRemoteError('BACKEND_FAILED', 'serving a request', { cause: error }),
  );
}
