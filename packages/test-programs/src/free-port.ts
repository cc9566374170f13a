import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:net';

/** Below it are the ports of well-known services. */
const FIRST = 10_000;
/** Where the kernel takes the ports of outgoing connections from (https://docs.kernel.org/networking/ip-sysctl.html). */
const EPHEMERAL_PORTS = '/proc/sys/net/ipv4/ip_local_port_range';

let next: number | undefined;

/**
 * A port that was free on every address a moment ago, and is not given out twice. Never one that an outgoing connection may get meanwhile:
 * a program that is told of it would not start then, as happens to servers that connect to each other while the last of them starts.
 * @throws Error when all are taken
 */
export async function freePort(): Promise<number> {
  const [firstEphemeral = 0] = (await readFile(EPHEMERAL_PORTS, 'utf8')).split(/\s+/).map(Number);
  const count = firstEphemeral - FIRST;
  for (let tried = 0; tried < count; tried += 1) {
    // Another run of tests on this machine begins elsewhere.
    next ??= Math.floor(Math.random() * count);
    const port = FIRST + (next++ % count);
    if (await isFree(port)) return port;
  }
  throw new Error(`no free port from ${FIRST} to ${firstEphemeral - 1}: see ${EPHEMERAL_PORTS}`);
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer().listen(port);
  try {
    await once(server, 'listening');
  } catch {
    return false;
  }
  server.close();
  await once(server, 'close');
  return true;
}
