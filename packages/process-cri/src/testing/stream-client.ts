/**
 * Opens a stream of the CRI as kubelet does, by WebSocket, and prints as JSON whether it opened and what came on each channel: `node stream-client.ts URL PROTOCOL INPUT`.
 * Runs inside the node's namespace.
 */
const [url = '', protocol = '', input = ''] = process.argv.slice(2);
const channels: Record<number, string> = {};
const socket = new WebSocket(url.replace(/^http/, 'ws'), [protocol]);
let opened = false;
socket.binaryType = 'arraybuffer';
const STDIN = 0;
const CLOSE = 255;

socket.addEventListener('open', () => {
  opened = true;
  if (input === '') return;
  socket.send(Buffer.concat([Buffer.from([STDIN]), Buffer.from(input)]));
  if (protocol === 'v5.channel.k8s.io') socket.send(Buffer.from([CLOSE, STDIN]));
});
socket.addEventListener('message', ({ data }: MessageEvent) => {
  const [channel = -1, ...bytes] = new Uint8Array(data as ArrayBuffer);
  channels[channel] = (channels[channel] ?? '') + Buffer.from(bytes).toString('latin1');
});
socket.addEventListener('close', () => {
  process.stdout.write(JSON.stringify({ opened, channels }));
});
socket.addEventListener('error', () => undefined); // some servers end without a farewell
setTimeout(() => {
  socket.close();
}, 10_000).unref();
