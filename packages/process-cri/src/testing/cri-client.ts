import {
  credentials,
  loadPackageDefinition,
  type ClientReadableStream,
  type ServiceClientConstructor,
} from '@grpc/grpc-js';
import { loadSync } from '@grpc/proto-loader';

type Message = Record<string, unknown>;
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- answers are looked into by tests as they please
type Answer = any;
type Method = (request: Message, callback: (error: Error | null, answer: Answer) => void) => void;

/** Calls the CRI as kubelet does. */
export class CriClient {
  readonly #clients: Record<string, unknown>[];
  readonly close: () => void;

  constructor(apiProto: string, socket: string) {
    const definition = loadSync(apiProto, { keepCase: true, longs: String, enums: String, defaults: true });
    const { v1 } = (
      loadPackageDefinition(definition) as unknown as { runtime: { v1: Record<string, ServiceClientConstructor> } }
    ).runtime;
    const clients = ['RuntimeService', 'ImageService'].map(
      (name) =>
        new v1[name]!(`unix:${socket}`, credentials.createInsecure(), {
          'grpc.max_receive_message_length': 16 * 1024 * 1024,
        }),
    );
    this.#clients = clients;
    this.close = () => clients.forEach((client) => client.close());
  }

  async call(name: string, request: Message = {}): Promise<Answer> {
    const { client, method } = this.#find<Method>(name);
    return await new Promise((resolve, reject) => {
      method.call(client, request, (error, answer) => (error === null ? resolve(answer) : reject(error)));
    });
  }

  stream(name: string): ClientReadableStream<Answer> {
    const { client, method } = this.#find<(request: Message) => ClientReadableStream<Answer>>(name);
    return method.call(client, {});
  }

  #find<T>(name: string): { client: unknown; method: T } {
    const client = this.#clients.find((candidate) => name in candidate);
    if (client === undefined) throw new Error(`the CRI has no call ${name}`);
    return { client, method: client[name] as T };
  }
}
