import { ArgoCdError, connectionErrorOf, errorOf } from '../errors.ts';
import type { Fetch } from '../transport.ts';

/** The statuses of HTTP that grpc-gateway gives to those of gRPC, where they differ from 500. */
const httpStatus: Readonly<Record<number, number>> = {
  3: 400,
  5: 404,
  6: 409,
  7: 403,
  9: 400,
  10: 409,
  14: 503,
  16: 401,
};

const headerBytes = 5;
/** Of a frame's first byte: it holds trailers. */
const isTrailers = 0x80;

export interface GrpcWebCall {
  readonly what: string;
  /** As in `https://argocd.example.org/application.ApplicationService/Get`. */
  readonly url: string;
  readonly message: Uint8Array;
  readonly send: Fetch;
  readonly signal?: AbortSignal | undefined;
}

/**
 * One unary call, for what grpc-gateway cannot carry as JSON. @throws ArgoCdError
 * @see https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-WEB.md
 */
export async function grpcWebCall({ what, url, message, send, signal }: GrpcWebCall): Promise<Uint8Array> {
  const body = new Uint8Array(headerBytes + message.length);
  new DataView(body.buffer).setUint32(1, message.length);
  body.set(message, headerBytes);
  const headers = { 'content-type': 'application/grpc-web+proto', accept: 'application/grpc-web+proto' };
  let response: Response;
  let answer: Uint8Array;
  try {
    response = await send(new Request(url, { method: 'POST', headers, body, signal: signal ?? null }));
    answer = new Uint8Array(await response.arrayBuffer());
  } catch (cause) {
    throw connectionErrorOf(what, cause, signal);
  }
  if (!response.ok) throw errorOf(what, response.status, new TextDecoder().decode(answer));
  const { data, trailers } = frames(what, answer);
  const status = Number(trailers.get('grpc-status') ?? response.headers.get('grpc-status') ?? 'NaN');
  if (status !== 0) {
    const words = trailers.get('grpc-message') ?? response.headers.get('grpc-message') ?? '';
    throw errorOf(what, httpStatus[status] ?? 500, { code: status, message: decodeURIComponent(words) });
  }
  if (data === undefined) throw new ArgoCdError('PROTOCOL', `${what}: the answer has no message`);
  return data;
}

function frames(what: string, answer: Uint8Array): { data: Uint8Array | undefined; trailers: Headers } {
  const trailers = new Headers();
  const view = new DataView(answer.buffer, answer.byteOffset, answer.byteLength);
  let data: Uint8Array | undefined;
  let at = 0;
  while (at < answer.length) {
    const end = at + headerBytes + (at + headerBytes <= answer.length ? view.getUint32(at + 1) : Infinity);
    if (end > answer.length) throw new ArgoCdError('UNAVAILABLE', `${what}: the answer broke off`);
    const payload = answer.subarray(at + headerBytes, end);
    if ((answer[at] ?? 0) & isTrailers) {
      for (const line of new TextDecoder().decode(payload).split('\r\n')) {
        const colon = line.indexOf(':');
        if (colon > 0) trailers.set(line.slice(0, colon), line.slice(colon + 1).trim());
      }
    } else data = payload;
    at = end;
  }
  return { data, trailers };
}
