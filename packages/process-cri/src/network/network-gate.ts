import { connect } from 'node:net';
import { CriError } from '../errors.ts';

/** Whose address it is. */
export interface SandboxOwner {
  readonly uid: string;
  readonly namespace: string;
  readonly name: string;
}

/**
 * Who decides what may pass between Pods is told of each address, before a container can use it and after it is free again. The other side
 * of the socket gets one line of JSON a connection, `{"kind": "added", "address", "uid", "namespace", "name"}` or
 * `{"kind": "removed", "address"}`, and answers with one line: `ok`, or why not.
 */
export interface NetworkGate {
  /** @throws {@link CriError} `UNAVAILABLE` when the address cannot be used now. */
  readonly added: (owner: SandboxOwner, address: string) => Promise<void>;
  /** @throws {@link CriError} `UNAVAILABLE` */
  readonly removed: (address: string) => Promise<void>;
}

const answerTimeoutMs = 30_000;

export function networkGateAt(socket: string): NetworkGate {
  const tell = async (what: string, message: object): Promise<void> => {
    const answer = await ask(socket, JSON.stringify(message)).catch((cause: unknown) => {
      throw new CriError('UNAVAILABLE', `${what}: ${socket} does not answer`, { cause });
    });
    if (answer !== 'ok') throw new CriError('UNAVAILABLE', `${what}: ${answer}`);
  };
  return {
    added: ({ uid, namespace, name }, address) =>
      tell(`opening the network of ${namespace}/${name}`, { kind: 'added', address, uid, namespace, name }),
    removed: (address) => tell(`closing the network at ${address}`, { kind: 'removed', address }),
  };
}

function ask(path: string, line: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let answer = '';
    const socket = connect({ path }, () => socket.end(`${line}\n`));
    socket.setTimeout(answerTimeoutMs, () => socket.destroy(new Error(`no answer in ${answerTimeoutMs} ms`)));
    socket.setEncoding('utf8').on('data', (text: string) => (answer += text));
    socket.on('error', reject);
    socket.on('end', () => {
      resolve(answer.trim());
    });
  });
}
