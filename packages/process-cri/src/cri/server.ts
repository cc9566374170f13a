import { chmodSync, existsSync, mkdirSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import {
  loadPackageDefinition,
  Server,
  ServerCredentials,
  status,
  type ServiceDefinition,
  type UntypedHandleCall,
} from '@grpc/grpc-js';
import type { ServerUnaryCall, ServerWritableStream, sendUnaryData } from '@grpc/grpc-js';
import { loadSync } from '@grpc/proto-loader';
import type { Logger } from 'pino';
import { CriError } from '../errors.ts';

/** A call with one answer. Requests and answers are plain objects in the proto file's own field names. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- each handler states the request it reads
export type Handler = (request: any) => object | Promise<object>;
/** A call with a stream of answers: `send` until the caller goes away. */
export type StreamHandler = (send: (message: object) => void, onEnd: (callback: () => void) => void) => void;

export interface Service {
  readonly calls: Readonly<Record<string, Handler>>;
  readonly streams?: Readonly<Record<string, StreamHandler>>;
}

/** The CRI's services on a unix socket. Calls that have no handler are answered with `UNIMPLEMENTED`. */
export class CriServer {
  readonly #server = new Server({
    'grpc.max_receive_message_length': 16 * 1024 * 1024,
    'grpc.max_send_message_length': 64 * 1024 * 1024,
  });
  readonly #log: Logger;

  constructor(
    apiProto: string,
    services: { readonly RuntimeService: Service; readonly ImageService: Service },
    log: Logger,
  ) {
    this.#log = log;
    const definition = loadSync(apiProto, {
      keepCase: true,
      longs: String,
      enums: String,
      defaults: true,
      arrays: true,
      objects: true,
    });
    const loaded = loadPackageDefinition(definition) as unknown as {
      runtime: { v1: Record<keyof typeof services, { service: ServiceDefinition }> };
    };
    for (const name of ['RuntimeService', 'ImageService'] as const) {
      const { service } = loaded.runtime.v1[name];
      this.#server.addService(service, this.#handlers(service, services[name]));
    }
  }

  /** Answers from the moment this returns. A socket file that a former run left is replaced. */
  async listen(socket: string): Promise<void> {
    mkdirSync(dirname(socket), { recursive: true });
    if (existsSync(socket)) rmSync(socket);
    await new Promise<void>((resolve, reject) => {
      this.#server.bindAsync(`unix:${socket}`, ServerCredentials.createInsecure(), (error) =>
        error === null ? resolve() : reject(error),
      );
    });
    chmodSync(socket, 0o600);
  }

  close(): void {
    this.#server.forceShutdown();
  }

  #handlers(definition: ServiceDefinition, service: Service): Record<string, UntypedHandleCall> {
    return Object.fromEntries(
      Object.keys(definition).map((name) => {
        const stream = service.streams?.[name];
        if (stream !== undefined) return [name, this.#stream(stream)];
        const handler = service.calls[name];
        return [name, definition[name]?.responseStream === true ? this.#noStream(name) : this.#unary(name, handler)];
      }),
    );
  }

  #unary(name: string, handler: Handler | undefined): UntypedHandleCall {
    return (call: ServerUnaryCall<object, object>, callback: sendUnaryData<object>) => {
      const began = performance.now();
      this.#answer(name, handler, call.request).then(
        (answer) => {
          this.#log.trace({ call: name, ms: Math.round(performance.now() - began) }, 'answered');
          callback(null, answer);
        },
        (error: unknown) => {
          const code = error instanceof CriError ? error.code : 'INTERNAL';
          const quiet = code === 'UNIMPLEMENTED' || (code === 'NOT_FOUND' && name !== 'PullImage');
          this.#log[quiet ? 'debug' : 'warn']({ call: name, err: error }, 'failed');
          callback({ code: status[code], details: details(error) });
        },
      );
    };
  }

  async #answer(name: string, handler: Handler | undefined, request: object): Promise<object> {
    if (handler === undefined) throw new CriError('UNIMPLEMENTED', `${name} is not supported by process-cri`);
    return await handler(request);
  }

  #stream(handler: StreamHandler): UntypedHandleCall {
    return (call: ServerWritableStream<object, object>) => {
      handler(
        (message) => call.write(message),
        (callback) => {
          call.on('cancelled', callback);
          call.on('close', callback);
        },
      );
    };
  }

  #noStream(name: string): UntypedHandleCall {
    return (call: ServerWritableStream<object, object>) => {
      call.emit('error', { code: status.UNIMPLEMENTED, details: `${name} is not supported by process-cri` });
    };
  }
}

function details(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const cause = error.cause instanceof Error ? `: ${error.cause.message}` : '';
  return error instanceof CriError
    ? `${error.message}${cause}${error.hint === undefined ? '' : ` (${error.hint})`}`
    : error.message;
}
