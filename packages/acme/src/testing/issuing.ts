import { once } from 'node:events';
import { createServer } from 'node:http';
import { afterAll, beforeAll, beforeEach } from '@jest/globals';
import { freePort } from '@gatefleet/test-programs';
import { ensureTools } from '@gatefleet/toolchain';
import { challengeToken } from '../challenge-path.ts';
import { systemClock } from '../clock.ts';
import { createEngine, type Engine, type EngineOptions } from '../engine.ts';
import { caId, certificateId } from '../keys/certificate-id.ts';
import type { Checkpoint, Clock } from '../ports.ts';
import { openAccount } from '../protocol/account.ts';
import { importAccountKey } from '../protocol/account-key.ts';
import { connectCa, type CertificateAuthority } from '../protocol/certificate-authority.ts';
import type { AccountRecord, OrderRecord } from '../records.ts';
import { createMemoryAcme, type MemoryAcme } from './memory-store.ts';
import { startPebble, type Pebble } from './pebble.ts';

/** A test's own store and names, before the real Pebble and the responder that all tests of a file share. */
export interface Issuing {
  readonly pebble: Pebble;
  readonly memory: MemoryAcme;
  readonly names: readonly string[];
  /** Of `names`. */
  readonly id: string;
  /** Hosts that the responder does not answer for. */
  readonly unanswered: Set<string>;
  connect(): CertificateAuthority;
  /** A fresh one, as a process just started has it. */
  engine(options?: Partial<EngineOptions>): Engine;
  order(): Promise<OrderRecord | undefined>;
  account(): Promise<AccountRecord | undefined>;
  /** What the CA has for our account, as far as it is not invalid. */
  ordersAtCa(): Promise<string[]>;
}

export const { signal } = new AbortController();

export class Crash extends Error {}

/** Ends the process, as far as the engine can tell. */
export function crashAt(broken: Checkpoint): (reached: Checkpoint) => void {
  return (reached) => {
    if (reached === broken) throw new Crash(reached);
  };
}

/** As if that much time had gone by. */
export function later(milliseconds: number): Clock {
  return { ...systemClock, now: () => new Date(Date.now() + milliseconds) };
}

/** Sets all up by Jest's hooks; what the function gives is the running test's. */
export function useIssuing(): () => Issuing {
  let pebble: Pebble;
  let current: Issuing;
  let count = 0;

  const responder = createServer((request, response) => {
    const host = (request.headers.host ?? '').replace(/:\d+$/, '');
    const token = current.unanswered.has(host) ? undefined : challengeToken(request.url ?? '');
    const found = token === undefined ? undefined : current.memory.store.challenges.load(token, signal);
    void Promise.resolve(found).then((challenge) => {
      response.writeHead(challenge === undefined ? 404 : 200).end(challenge?.keyAuthorization);
    });
  });

  beforeAll(async () => {
    const tools = await ensureTools(['pebble', 'pebble-challtestsrv']);
    const http01Port = await freePort();
    await once(responder.listen(http01Port, '127.0.0.1'), 'listening');
    pebble = await startPebble({
      pebble: tools.pebble.path,
      challtestsrv: tools['pebble-challtestsrv'].path,
      http01Port,
      blocked: ['refused.example.org'],
    });
  }, 300_000);

  afterAll(async () => {
    await pebble.stop();
    responder.close();
  });

  beforeEach(() => {
    count++;
    current = issuing(pebble, [`b${count}.example.org`, `a${count}.example.org`]);
  });

  return () => current;
}

function issuing(pebble: Pebble, names: readonly string[]): Issuing {
  const memory = createMemoryAcme();
  const id = certificateId(names);
  const { directoryUrl, caBundle } = pebble;
  const connect = () => connectCa({ directoryUrl, caBundle });
  const account = async () => (await memory.store.accounts.load(caId(directoryUrl), signal))?.record;

  return {
    pebble,
    memory,
    names,
    id,
    unanswered: new Set(),
    connect,
    account,
    order: async () => (await memory.store.orders.load(id, signal))?.record,
    engine(options = {}) {
      const readiness = { ready: async () => undefined };
      const { store, publisher } = memory;
      return createEngine({
        issuers: [{ ca: connect(), contact: ['mailto:a@example.org'] }],
        store,
        publisher,
        readiness,
        epoch: 1,
        ...options,
      });
    },
    async ordersAtCa() {
      const record = await account();
      if (record?.url === undefined) throw new Error('no account was registered');
      const urls: string[] = [];
      const opened = openAccount(connect(), await importAccountKey(record.privateKey), record.url);
      for await (const page of opened.orders(signal)) urls.push(...page.orders);
      return urls;
    },
  };
}
