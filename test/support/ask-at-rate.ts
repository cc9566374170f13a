import { Agent, request } from 'node:https';

/** A gateway's door on this machine. */
export interface Door {
  readonly port: number;
  readonly host: string;
  /** PEM of the CA that its certificate is from. */
  readonly ca: string;
}

export interface Asked {
  readonly asked: number;
  readonly failed: readonly string[];
  /** Asked again on a new connection, as HTTP clients do, since the one used before was closed before any answer (RFC 9110, 9.2.2). */
  readonly again: number;
  readonly perSecond: number;
  /** Milliseconds from when a request was due to the end of its answer. */
  readonly median: number;
  readonly p99: number;
  readonly longest: number;
}

/** Small: what is asked is whether a gateway answers, not how fast a page is. */
const path = '/status/200';
const tickMs = 10;
const timeoutMs = 10_000;
/** New connections each second, which share the requests of that second. */
const connections = 4;

/**
 * HTTPS requests at a rate that does not wait for answers, over connections that are made anew every second: so all the time some are
 * opened and some are in use while gateways come and go. Whatever is not status 200 in the end has failed.
 */
export function askAtRate(door: Door, perSecond: number): { readonly stop: () => Promise<Asked> } {
  const failed: string[] = [];
  const times: number[] = [];
  const open = new Set<Promise<void>>();
  const start = performance.now();
  let [asked, again] = [0, 0];
  const newLine = () => ({ agent: new Agent({ keepAlive: true, maxSockets: connections, ca: door.ca }), open: 0 });
  let line = newLine();
  const hangUp = (old: typeof line) => {
    if (old !== line && old.open === 0) old.agent.destroy();
  };
  const ask = async (due: number) => {
    const own = line;
    own.open += 1;
    try {
      const status = await statusOf(own.agent, door, () => (again += 1));
      if (status !== 200) failed.push(`${new Date().toISOString()} status ${status}`);
    } catch (error) {
      failed.push(`${new Date().toISOString()} ${String(error)}`);
    }
    own.open -= 1;
    hangUp(own);
    times.push(performance.now() - due);
  };
  const timer = setInterval(() => {
    const due = Math.floor(((performance.now() - start) / 1000) * perSecond);
    for (; asked < due; asked += 1) {
      if (asked % perSecond === 0) {
        const old = line;
        line = newLine();
        hangUp(old);
      }
      const one = ask(start + (asked / perSecond) * 1000);
      open.add(one);
      void one.finally(() => open.delete(one));
    }
  }, tickMs);
  return {
    async stop() {
      clearInterval(timer);
      const seconds = (performance.now() - start) / 1000;
      await Promise.all(open);
      line.agent.destroy();
      times.sort((a, b) => a - b);
      const at = (share: number) =>
        Math.round(times[Math.min(times.length - 1, Math.floor(times.length * share))] ?? 0);
      return { asked, failed, again, perSecond: asked / seconds, median: at(0.5), p99: at(0.99), longest: at(1) };
    },
  };
}

/** Sockets that carried a request before: Node's own `reusedSocket` leaves out those that waited for one. */
const used = new WeakSet<object>();

function statusOf(agent: Agent, door: Door, onAgain: () => void): Promise<number> {
  return new Promise((resolve, reject) => {
    const { port, host } = door;
    const to = { agent, host: '127.0.0.1', servername: host, port, path, headers: { host }, timeout: timeoutMs };
    let [isAnswered, isReused] = [false, false];
    const sent = request(to, (response) => {
      isAnswered = true;
      response.resume();
      response.once('end', () => resolve(response.statusCode ?? 0));
      response.once('error', reject);
    });
    sent.once('socket', (socket) => {
      isReused = used.has(socket);
      used.add(socket);
    });
    sent.once('timeout', () => sent.destroy(new Error(`no answer in ${timeoutMs / 1000} s`)));
    sent.once('error', (error: NodeJS.ErrnoException) => {
      if (isAnswered || !isReused || error.code !== 'ECONNRESET') return reject(error);
      onAgain();
      statusOf(new Agent({ keepAlive: false, ca: door.ca }), door, onAgain).then(resolve, reject);
    });
    sent.end();
  });
}
