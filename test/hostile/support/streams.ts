import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** A backend whose answers are not there at once. */
export interface Streams extends AsyncDisposable {
  readonly url: string;
  /** Requests that it got whole. */
  readonly whole: readonly string[];
  /** Waits until as many requests are held. */
  holds(count: number): Promise<void>;
  /** Goes on with what is held. */
  release(): void;
}

/**
 * Answers below `/public/`: `sink` with how many bytes came, `echo` with the body as it comes, `events` with one event at once and another
 * when it is released, `held` when it is released; and echoes what comes after an upgrade.
 */
export async function startStreams(): Promise<Streams> {
  const whole: string[] = [];
  let held: (() => void)[] = [];
  const server = createServer((request, response) => {
    const path = request.url ?? '';
    let bytes = 0;
    request.on('error', () => undefined);
    request.on('end', () => whole.push(`${path} ${bytes}`));
    if (path.startsWith('/public/echo')) {
      response.flushHeaders();
      request.pipe(response);
      return;
    }
    request.on('data', (chunk: Buffer) => (bytes += chunk.length));
    if (path.startsWith('/public/events')) {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write('data: 1\n\n');
      held.push(() => response.end('data: 2\n\n'));
    } else if (path.startsWith('/public/held')) held.push(() => response.end('released'));
    else request.once('end', () => response.end(`${bytes} bytes`));
  });
  server.on('clientError', (_, socket) => socket.destroy());
  server.on('upgrade', (_, socket) => {
    socket.on('error', () => undefined);
    socket.write('HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n');
    socket.pipe(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    whole,
    async holds(count) {
      while (held.length < count) await sleep(10);
    },
    release() {
      for (const goOn of held) goOn();
      held = [];
    },
    [Symbol.asyncDispose]: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
