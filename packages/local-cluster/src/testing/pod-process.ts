/**
 * A process of a Pod for tests: it listens on ports, answers what it is sent there, and connects where it is told to by its socket.
 *
 * usage: node pod-process.ts SOCKET [ADDRESS]:PORT/PROTOCOL…
 */
import { createSocket } from 'node:dgram';
import { createServer, connect, type Socket } from 'node:net';

const [path = '', ...listeners] = process.argv.slice(2);
const timeoutMs = 700;

/** What this process can be asked to try. */
export interface Attempt {
  readonly host: string;
  readonly port: number;
  readonly protocol: 'tcp' | 'udp';
  /** Of this process, where it has several. */
  readonly from?: string;
}

for (const [, host, port, protocol] of listeners.map((text) => /^(.*):(\d+)\/(\w+)$/.exec(text) ?? [])) {
  const at = { port: Number(port), host: host === '' ? '0.0.0.0' : host };
  if (protocol === 'tcp') createServer((socket) => answer(socket)).listen(at);
  else {
    const socket = createSocket('udp4');
    socket.on('message', (message, { address, port: to }) => socket.send(message, to, address));
    socket.bind(at.port, at.host);
  }
}

createServer((socket) => {
  socket.setEncoding('utf8').on('data', (line: string) => {
    const attempt = JSON.parse(line) as Attempt;
    const tried = attempt.protocol === 'tcp' ? connects(attempt) : isAnswered(attempt);
    void tried.then((result) => socket.end(JSON.stringify(result)));
  });
}).listen({ path, readableAll: true, writableAll: true });

function answer(socket: Socket): void {
  socket.on('error', () => socket.destroy());
  socket.end('here');
}

function connects({ host, port, from }: Attempt): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, ...(from === undefined ? {} : { localAddress: from }) });
    const end = (result: boolean) => {
      resolve(result);
      socket.destroy();
    };
    socket.setTimeout(timeoutMs, () => end(false));
    socket.on('error', () => end(false));
    socket.on('data', () => end(true));
  });
}

function isAnswered({ host, port, from }: Attempt): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createSocket('udp4');
    const end = (result: boolean) => {
      clearTimeout(timer);
      resolve(result);
      socket.close();
    };
    const timer = setTimeout(() => end(false), timeoutMs);
    socket.on('error', () => end(false));
    socket.on('message', () => end(true));
    socket.bind({ ...(from === undefined ? {} : { address: from }) }, () => socket.send('hello', port, host));
  });
}
