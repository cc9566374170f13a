import { z } from 'zod';
import type { ConsulKvOptions } from './consul-kv-store.ts';
import { Connections } from './connections.ts';
import { parse, send, type ConsulHttpOptions } from './http.ts';
import { Servers } from './servers.ts';

/** The keys for gossip, and how many servers have each, and use it. */
export interface RingState {
  readonly servers: number;
  readonly keys: ReadonlyMap<string, number>;
  readonly used: ReadonlyMap<string, number>;
}

const count = z.record(z.string(), z.int());
const WireRings = z.array(z.object({ WAN: z.boolean(), Keys: count, PrimaryKeys: count, NumNodes: z.int() }));

const methods = { install: 'POST', use: 'PUT', remove: 'DELETE' } as const;

/**
 * The keys that Consul's servers encrypt their gossip with, for one who may write them. Every method throws KvError, without a key in it.
 * @see https://developer.hashicorp.com/consul/api-docs/operator/keyring
 */
export class ConsulKeyring {
  readonly #http: ConsulHttpOptions;

  constructor({
    addresses,
    ca,
    token = () => Promise.resolve(undefined),
    timeoutMs = 15_000,
  }: Pick<ConsulKvOptions, 'addresses' | 'ca' | 'token' | 'timeoutMs'>) {
    this.#http = { servers: new Servers(addresses), connections: new Connections(ca), timeoutMs, token };
  }

  async state(signal?: AbortSignal): Promise<RingState> {
    const doing = 'listing the keys for gossip';
    const answer = await send({ method: 'GET', path: 'operator/keyring', doing, signal }, this.#http);
    const ring = parse(WireRings, answer, doing).find(({ WAN }) => !WAN);
    const { NumNodes: servers = 0, Keys = {}, PrimaryKeys = {} } = ring ?? {};
    return { servers, keys: new Map(Object.entries(Keys)), used: new Map(Object.entries(PrimaryKeys)) };
  }

  /** Has all servers do it; one that is away is an error. */
  async take(step: keyof typeof methods, key: string, signal?: AbortSignal): Promise<void> {
    const doing = `having the servers ${step} a key for gossip`;
    const body = JSON.stringify({ Key: key });
    await send({ method: methods[step], path: 'operator/keyring', body, doing, signal }, this.#http);
  }
}
