import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { createServer, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { z } from 'zod';

/** What a runtime tells, a line of JSON each; see `networkGate` of process-cri. */
const Message = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('added'),
    address: z.ipv4(),
    uid: z.string(),
    namespace: z.string(),
    name: z.string(),
  }),
  z.object({ kind: z.literal('removed'), address: z.ipv4() }),
]);
type Added = Extract<z.infer<typeof Message>, { kind: 'added' }>;
type Removed = Extract<z.infer<typeof Message>, { kind: 'removed' }>;

/** Called for what runtimes tell. A rejection keeps the Pod from being started; its message is shown in the Pod's Events. */
export interface Gatekeeper {
  readonly added: (sandbox: Added) => Promise<void>;
  readonly removed: (sandbox: Removed) => Promise<void>;
}

/** Listens at a unix socket until the signal aborts. */
export async function listenAtGate(path: string, keeper: Gatekeeper, signal: AbortSignal): Promise<void> {
  await rm(path, { force: true });
  const server = createServer({ allowHalfOpen: true }, (socket: Socket) => {
    socket.on('error', () => socket.destroy());
    void text(socket)
      .then(async (line) => {
        const message = Message.parse(JSON.parse(line));
        await (message.kind === 'added' ? keeper.added(message) : keeper.removed(message));
        socket.end('ok\n');
      })
      .catch((error: unknown) => socket.end(`${error instanceof Error ? error.message : String(error)}\n`));
  });
  server.listen({ path });
  await once(server, 'listening');
  signal.addEventListener('abort', () => server.close(), { once: true });
}
