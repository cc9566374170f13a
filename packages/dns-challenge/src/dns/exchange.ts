import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { connect, isIPv6 } from 'node:net';
import { DnsChallengeError } from '../errors.ts';
import { serverText, type ServerAddress } from './server-address.ts';

/** Whether some bytes are what is waited for. Others are passed over. */
export type IsAnswer = (message: Buffer) => boolean;

/** One datagram there, and the first back that is the answer. @throws what the system says; the signal's reason */
export async function exchangeUdp(
  server: ServerAddress,
  message: Buffer,
  isAnswer: IsAnswer,
  signal: AbortSignal,
): Promise<Buffer> {
  signal.throwIfAborted();
  // A fresh socket has a port that is hard to guess, and a connected one hears only this server.
  const socket = createSocket(isIPv6(server.host) ? 'udp6' : 'udp4');
  const stop = new AbortController();
  try {
    return await new Promise<Buffer>((resolve, reject) => {
      socket.on('message', (bytes) => {
        if (isAnswer(bytes)) resolve(bytes);
      });
      socket.once('error', reject);
      signal.addEventListener('abort', () => reject(signal.reason as Error), { signal: stop.signal });
      socket.connect(server.port, server.host, (error?: Error) => {
        if (error) return reject(error);
        socket.send(message, (failure) => {
          if (failure) reject(failure);
        });
      });
    });
  } finally {
    stop.abort();
    // An error after this has nobody to tell.
    socket.on('error', () => undefined);
    socket.close();
  }
}

/** Over a connection of its own, each message after its length (RFC 1035, section 4.2.2). @throws like {@link exchangeUdp} */
export async function exchangeTcp(
  server: ServerAddress,
  message: Buffer,
  isAnswer: IsAnswer,
  signal: AbortSignal,
): Promise<Buffer> {
  signal.throwIfAborted();
  const socket = connect(server);
  const abort = () => socket.destroy(signal.reason as Error);
  signal.addEventListener('abort', abort, { once: true });
  try {
    await once(socket, 'connect');
    const length = Buffer.alloc(2);
    length.writeUInt16BE(message.length);
    socket.write(Buffer.concat([length, message]));
    let received = Buffer.alloc(0);
    for await (const chunk of socket as AsyncIterable<Buffer>) {
      received = Buffer.concat([received, chunk]);
      while (received.length >= 2 && received.length >= 2 + received.readUInt16BE(0)) {
        const end = 2 + received.readUInt16BE(0);
        const answer = received.subarray(2, end);
        if (isAnswer(answer)) return answer;
        received = received.subarray(end);
      }
    }
    throw new Error('the connection was closed without an answer');
  } catch (error) {
    signal.throwIfAborted();
    throw error;
  } finally {
    signal.removeEventListener('abort', abort);
    socket.on('error', () => undefined);
    socket.destroy();
  }
}

/** An error of the network as ours. */
export function unreachable(doing: string, server: ServerAddress, error: unknown): DnsChallengeError {
  const code = error instanceof Error && 'code' in error ? String(error.code) : undefined;
  const isTimeout = error instanceof Error && error.name === 'TimeoutError';
  const reason = isTimeout ? 'no answer in time' : (code ?? (error instanceof Error ? error.message : 'unknown'));
  return new DnsChallengeError('UNREACHABLE', `${doing}: ${serverText(server)} did not answer (${reason})`, {
    hint: 'check that the controller reaches port 53 of it by UDP and TCP, through its network policy too',
    cause: error,
  });
}
