import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { readCaAnswer } from './ca-answer.ts';
import { systemClock, type Clock } from './clock.ts';
import type { OpenEntry } from './entry.ts';
import type { FaultRates, Storm } from './fault.ts';
import { FaultSchedule } from './fault-schedule.ts';
import { createForwarder, type CaRequest, type CaResponse } from './forwarder.ts';
import { hideOrdersList } from './hide-orders-list.ts';
import { Journal } from './journal.ts';
import { badGateway, refusalOf } from './refusal.ts';
import { Reply } from './reply.ts';
import { kindOf, type ResourceKind } from './resource-kind.ts';
import { createServerCertificate, type ServerCertificate } from './server-certificate.ts';
import { readSignedRequest } from './signed-request.ts';

export interface FaultProxyOptions {
  /** URL of the CA's directory. */
  readonly target: string;
  /** PEM certificates to trust for it instead of the public roots. */
  readonly targetCa?: string;
  /** Decides, with the requests, which of them have which fault. Default 1. */
  readonly seed?: number;
  /** Default: none. */
  readonly faults?: FaultRates;
  /** Requests of these kinds reach the CA one at a time, all together, for a CA that cannot bear more. Default: none. */
  readonly oneAtATime?: readonly ResourceKind[];
  /** Whether accounts name the list of their orders, where the CA keeps one. Default true. */
  readonly ordersList?: boolean;
  /** Address to listen on. Default 127.0.0.1. */
  readonly host?: string;
  /** Default: a free one. */
  readonly port?: number;
  /** Default: a self-signed one for `host` and `names`. */
  readonly certificate?: ServerCertificate;
  /** Further names and addresses by which clients reach it, for its certificate. */
  readonly names?: readonly string[];
  readonly clock?: Clock;
}

export interface FaultProxy extends AsyncDisposable {
  /** `https://` and what it listens on. */
  readonly origin: string;
  /** The CA's directory, through the proxy. */
  readonly directoryUrl: string;
  /** PEM that trusts it. */
  readonly caBundle: string;
  readonly journal: Journal;
  /** In place of those before. @throws RangeError when the rates of a kind sum up to more than 1. */
  setFaults(faults: FaultRates): void;
  /** Storms go before faults. */
  startStorm(storm: Storm): void;
  endStorms(): void;
  /** Breaks what is under way. */
  stop(): Promise<void>;
}

/**
 * Stands before Pebble, over HTTPS. Clients see its origin only. It asks the CA nothing by itself.
 *
 * @throws RangeError as {@link FaultProxy.setFaults} does.
 */
export async function startFaultProxy(options: FaultProxyOptions): Promise<FaultProxy> {
  const { target, host = '127.0.0.1', names = [], oneAtATime = [], ordersList = true, clock = systemClock } = options;
  const schedule = new FaultSchedule(options.seed ?? 1, options.faults ?? {});
  const forwarder = createForwarder(target, options.targetCa);
  const stopped = new AbortController();
  const { signal } = stopped;
  const entries: OpenEntry[] = [];
  const { certificate, privateKey } = options.certificate ?? (await createServerCertificate([host, ...names]));

  async function handle(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = '', url: path = '', headers } = incoming;
    const at = clock.now();
    const kind = kindOf(path);
    const injected = schedule.next(kind, at);
    const userAgent = headers['user-agent'];
    const begun = { at, method, path, kind, userAgent, signed: undefined, injected, given: undefined };
    const entry: OpenEntry = { ...begun, deliveries: [] };
    entries.push(entry);
    const reply = new Reply(entry, response, () => clock.now());
    try {
      const body = await buffer(incoming);
      entry.signed = readSignedRequest(body.toString());
      await carryOut(entry, { method, path, headers, body }, reply);
    } catch {
      if (signal.aborted) reply.broken();
      else reply.left();
    }
  }

  async function carryOut(entry: OpenEntry, request: CaRequest, reply: Reply): Promise<void> {
    const { injected } = entry;
    const refusal = refusalOf(injected, clock.now());
    if (refusal !== undefined) return reply.whole(refusal);
    if (injected.kind === 'reset-before') return reply.broken();
    const answer = await inTurn(entry, request);
    switch (injected.kind) {
      case 'reset-after':
        return reply.broken();
      case 'truncate':
        return reply.half(answer, injected.framing === 'intact');
      case 'double': {
        const second = await inTurn(entry, request);
        return reply.whole(injected.answer === 'first' ? answer : second);
      }
      case 'stall':
        await clock.sleep(injected.milliseconds, signal);
        return reply.whole(answer);
      default:
        return reply.whole(answer);
    }
  }

  let lastTurn: Promise<unknown> = Promise.resolve();
  function inTurn(entry: OpenEntry, request: CaRequest): Promise<CaResponse> {
    if (!oneAtATime.includes(entry.kind)) return deliver(entry, request);
    const turn = lastTurn.then(() => deliver(entry, request));
    lastTurn = turn.catch(() => undefined);
    return turn;
  }

  /** Goes on to its end even when the client left: the CA would, too. */
  async function deliver({ kind, deliveries }: OpenEntry, request: CaRequest): Promise<CaResponse> {
    const delivery: OpenEntry['deliveries'][number] = { sentAt: clock.now(), answer: undefined, failure: undefined };
    deliveries.push(delivery);
    try {
      const given = await forwarder.send(request, signal);
      const answer = ordersList ? given : hideOrdersList(kind, given);
      delivery.answer = readCaAnswer(kind, answer, clock.now());
      return answer;
    } catch (error) {
      signal.throwIfAborted();
      delivery.failure = error instanceof Error ? error.message : String(error);
      return badGateway(clock.now());
    }
  }

  const server = createServer({ cert: certificate, key: privateKey }, (incoming, response) => {
    void handle(incoming, response);
  });
  // A connection that is closed for idleness just when a client uses it again would be a fault that nobody asked for.
  server.keepAliveTimeout = 600_000;
  await once(server.listen(options.port ?? 0, host), 'listening');
  const origin = `https://${host.includes(':') ? `[${host}]` : host}:${(server.address() as AddressInfo).port}`;

  async function stop(): Promise<void> {
    if (stopped.signal.aborted) return;
    stopped.abort(new Error('the fault proxy was stopped'));
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
    forwarder.close();
  }

  return {
    origin,
    directoryUrl: new URL(new URL(target).pathname, origin).href,
    caBundle: certificate,
    journal: new Journal(entries),
    setFaults: (faults) => schedule.set(faults),
    startStorm: (storm) => schedule.startStorm(storm),
    endStorms: () => schedule.endStorms(),
    stop,
    [Symbol.asyncDispose]: stop,
  };
}
