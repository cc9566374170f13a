/** Begins handshakes at a rate, each for another name, and reads the gateway's answer. A thread of its own, not to slow who measures. */
import { connect, createServer, type AddressInfo } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { once } from 'node:events';
import { parentPort, workerData } from 'node:worker_threads';

const { port, rate } = workerData as { port: number; rate: number };
const placeholder = '0000000000.flood.gatefleet.test';

/** What a client of today says first, TLS 1.3 with its share of the key, as OpenSSL writes it. */
async function firstFlight(): Promise<Buffer> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const client = connectTls({
    port: (server.address() as AddressInfo).port,
    host: '127.0.0.1',
    servername: placeholder,
  });
  client.on('error', () => undefined);
  const [socket] = (await once(server, 'connection')) as [ReturnType<typeof connect>];
  const [flight] = (await once(socket, 'data')) as [Buffer];
  client.destroy();
  server.close();
  return flight;
}

const flight = await firstFlight();
const place = flight.indexOf(placeholder);
let made = 0;
let sent = 0;
const began = performance.now();

function begin(): void {
  const hello = Buffer.from(flight);
  hello.write(String(sent).padStart(10, '0'), place);
  sent += 1;
  const socket = connect({ port, host: '127.0.0.1' }, () => socket.write(hello));
  socket.on('error', () => undefined);
  socket.once('data', () => {
    made += 1;
    socket.resetAndDestroy();
  });
}

const ticking = setInterval(() => {
  const due = ((performance.now() - began) / 1_000) * rate;
  while (sent < due) begin();
}, 5);

parentPort?.once('message', () => {
  clearInterval(ticking);
  parentPort?.postMessage(made);
});
