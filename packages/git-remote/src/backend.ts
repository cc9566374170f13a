import { spawn } from 'node:child_process';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { basename, dirname } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { Transform } from 'node:stream';
import { cgiHead } from './cgi-response.ts';
import { GitRemoteError } from './errors.ts';
import { gitEnvironment } from './git.ts';

export interface BackendCall {
  readonly repository: string;
  /** Path inside the repository, checked by the caller, e.g. `/info/refs`. */
  readonly path: string;
  readonly query: string;
  /** Whether git-receive-pack may be run at all. */
  readonly isWritable: boolean;
  readonly user: string | undefined;
  /** Of the request's body as sent. */
  readonly maxBodyBytes: number;
  /** Ends git at once. */
  readonly signal: AbortSignal;
}

const keptStderrChars = 4_000;
const protocolVersion = /^[a-z0-9=.:-]{1,100}$/i;

/**
 * Answers one request by `git http-backend`, which itself unpacks a gzip-encoded body. Settles when git has ended.
 *
 * @throws GitRemoteError `BACKEND_FAILED` when git failed; the client has been answered, or cut off.
 */
export async function runBackend(call: BackendCall, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const git = spawn('git', ['http-backend'], {
    env: cgiEnvironment(call, request),
    stdio: 'pipe',
    signal: call.signal,
  });
  let complaint = '';
  git.stderr.setEncoding('utf8').on('data', (text: string) => (complaint = (complaint + text).slice(-keptStderrChars)));
  const ended = new Promise<number>((resolve, reject) => {
    git.once('error', reject);
    git.once('close', (code) => resolve(code ?? -1));
  });
  // A client that leaves, or git that answers before it has read all, is settled by what git then does; too large a body is not.
  const fed = pipeline(request, limit(call.maxBodyBytes), git.stdin).catch((error: unknown) => {
    git.stdin.destroy();
    return error;
  });
  const answered = answer(git.stdout, response).catch((error: unknown) => {
    git.stdout.resume();
    return error;
  });
  try {
    const code = await ended;
    const feeding = await fed;
    const failure =
      feeding instanceof BodyTooLarge ? feeding : ((await answered) ?? (code === 0 ? undefined : feeding));
    if (code !== 0 || failure !== undefined)
      throw new Error(`exit code ${code}: ${complaint.trim()}`, { cause: failure });
  } catch (cause) {
    if (!response.headersSent) response.writeHead(500, { 'content-type': 'text/plain' }).end('git failed\n');
    else response.destroy();
    throw new GitRemoteError('BACKEND_FAILED', `serving ${request.method} ${call.path}`, { cause });
  }
}

class BodyTooLarge extends Error {}

function cgiEnvironment(
  { repository, path, query, isWritable, user }: BackendCall,
  request: IncomingMessage,
): NodeJS.ProcessEnv {
  const protocol = String(request.headers['git-protocol'] ?? '');
  return {
    ...gitEnvironment({ 'http.receivepack': String(isWritable), 'receive.fsckObjects': 'true' }),
    GIT_PROJECT_ROOT: dirname(repository),
    GIT_HTTP_EXPORT_ALL: '1',
    PATH_INFO: `/${basename(repository)}${path}`,
    QUERY_STRING: query,
    REQUEST_METHOD: request.method,
    CONTENT_TYPE: request.headers['content-type'] ?? '',
    REMOTE_ADDR: request.socket.remoteAddress ?? '',
    ...(user !== undefined && { REMOTE_USER: user }),
    ...(request.headers['content-length'] !== undefined && { CONTENT_LENGTH: request.headers['content-length'] }),
    ...(request.headers['content-encoding'] !== undefined && {
      HTTP_CONTENT_ENCODING: request.headers['content-encoding'],
    }),
    ...(protocolVersion.test(protocol) && { GIT_PROTOCOL: protocol }),
  };
}

async function answer(stdout: NodeJS.ReadableStream, response: ServerResponse): Promise<undefined> {
  let head: Buffer | undefined = Buffer.alloc(0);
  const withoutHead = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      if (head === undefined) return done(null, chunk);
      try {
        head = Buffer.concat([head, chunk]);
        const parsed = cgiHead(head);
        if (parsed === undefined) return done();
        head = undefined;
        response.writeHead(parsed.status, parsed.headers);
        done(null, parsed.rest);
      } catch (error) {
        done(error as Error);
      }
    },
    flush(done) {
      done(head === undefined ? null : new Error('git ended without an answer'));
    },
  });
  await pipeline(stdout, withoutHead, response, { end: true });
  return undefined;
}

function limit(maxBytes: number): Transform {
  let bytes = 0;
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      bytes += chunk.length;
      if (bytes > maxBytes) done(new BodyTooLarge(`a body of over ${maxBytes} bytes`));
      else done(null, chunk);
    },
  });
}
