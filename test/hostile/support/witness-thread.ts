/** The witness itself: a thread of its own, so that who attacks in the other one does not keep it from its work. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { parentPort } from 'node:worker_threads';

const server = createServer((request, response) => {
  const { url: path = '', headers, rawHeaders } = request;
  parentPort?.postMessage({ path, headers });
  const all = rawHeaders.join(' ');
  if (all.includes('smuggled')) parentPort?.postMessage({ nonsense: `${path}: ${all}` });
  request.resume();
  request.once('end', () => response.end(`the witness saw ${path}\n`));
});
// One that is closed as a request comes would have the gateway send that again.
server.keepAliveTimeout = 0;
// A request that its client broke off is broken off here.
const brokenOff = new Set(['ECONNRESET', 'EPIPE', 'HPE_INVALID_EOF_STATE']);
server.on('clientError', (error: NodeJS.ErrnoException, socket) => {
  if (!brokenOff.has(error.code ?? '')) parentPort?.postMessage({ nonsense: `${error.code}: ${error.message}` });
  socket.destroy();
});
server.listen(0, '127.0.0.1', () => parentPort?.postMessage({ port: (server.address() as AddressInfo).port }));
