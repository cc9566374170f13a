import { z } from 'zod';
import { Connections } from './connections.ts';
import type { ConsulKvOptions } from './consul-kv-store.ts';
import { parse, send, type ConsulAnswer, type ConsulHttpOptions, type ConsulRequest } from './http.ts';
import { Servers } from './servers.ts';

/** What a token may do. */
export interface AclPolicy {
  readonly name: string;
  readonly description: string;
  /** In Consul's own language. @see https://developer.hashicorp.com/consul/docs/security/acl/acl-rules */
  readonly rules: string;
}

export interface KnownPolicy extends AclPolicy {
  readonly id: string;
}

export interface AclToken {
  /** What requests carry; a UUID. */
  readonly secret: string;
  readonly description: string;
  /** Names. */
  readonly policies: readonly string[];
}

export interface KnownToken extends AclToken {
  /** What the token is called where its secret must not be told. */
  readonly accessor: string;
}

const WirePolicies = z.array(z.object({ ID: z.string(), Name: z.string() }));
const WirePolicy = z.object({ ID: z.string(), Name: z.string(), Description: z.string(), Rules: z.string() });
const WireTokens = z.array(
  z.object({
    AccessorID: z.string(),
    SecretID: z.string(),
    Description: z.string(),
    Policies: z.array(z.object({ Name: z.string() })).nullish(),
  }),
);

/**
 * Consul's policies and tokens, for one who may write them all. Every method throws KvError, without a secret in it.
 * @see https://developer.hashicorp.com/consul/api-docs/acl
 */
export class ConsulAcl {
  readonly #http: ConsulHttpOptions;

  constructor({
    addresses,
    ca,
    token = () => Promise.resolve(undefined),
    timeoutMs = 5_000,
  }: Pick<ConsulKvOptions, 'addresses' | 'ca' | 'token' | 'timeoutMs'>) {
    this.#http = { servers: new Servers(addresses), connections: new Connections(ca), timeoutMs, token };
  }

  /** Policies whose names begin with `prefix`. */
  async policies(prefix: string, signal?: AbortSignal): Promise<readonly KnownPolicy[]> {
    const doing = 'listing the ACL policies';
    const all = parse(WirePolicies, await this.#send({ method: 'GET', path: 'acl/policies', doing, signal }), doing);
    return Promise.all(all.filter(({ Name }) => Name.startsWith(prefix)).map(({ ID }) => this.#policy(ID, signal)));
  }

  async #policy(id: string, signal?: AbortSignal): Promise<KnownPolicy> {
    const doing = `reading the ACL policy ${id}`;
    const answer = await this.#send({ method: 'GET', path: `acl/policy/${encodeURIComponent(id)}`, doing, signal });
    const { Name: name, Description: description, Rules: rules } = parse(WirePolicy, answer, doing);
    return { id, name, description, rules };
  }

  /** @param id - of the policy to change; a new one without. */
  async writePolicy({ name, description, rules }: AclPolicy, id?: string, signal?: AbortSignal): Promise<void> {
    const path = id === undefined ? 'acl/policy' : `acl/policy/${encodeURIComponent(id)}`;
    const body = JSON.stringify({ Name: name, Description: description, Rules: rules });
    await this.#send({ method: 'PUT', path, body, doing: `writing the ACL policy ${name}`, signal });
  }

  async deletePolicy({ id, name }: Pick<KnownPolicy, 'id' | 'name'>, signal?: AbortSignal): Promise<void> {
    const path = `acl/policy/${encodeURIComponent(id)}`;
    await this.#send({ method: 'DELETE', path, doing: `deleting the ACL policy ${name}`, signal });
  }

  async tokens(signal?: AbortSignal): Promise<readonly KnownToken[]> {
    const doing = 'listing the ACL tokens';
    const answer = await this.#send({ method: 'GET', path: 'acl/tokens', doing, signal });
    return parse(WireTokens, answer, doing).map(({ AccessorID, SecretID, Description, Policies }) => ({
      accessor: AccessorID,
      secret: SecretID,
      description: Description,
      policies: (Policies ?? []).map(({ Name }) => Name),
    }));
  }

  /** @param accessor - of the token to change, whose secret stays; a new one without. */
  async writeToken(token: AclToken, accessor?: string, signal?: AbortSignal): Promise<void> {
    const path = accessor === undefined ? 'acl/token' : `acl/token/${encodeURIComponent(accessor)}`;
    const body = JSON.stringify({
      ...(accessor === undefined && { SecretID: token.secret }),
      Description: token.description,
      Policies: token.policies.map((Name) => ({ Name })),
    });
    await this.#send({ method: 'PUT', path, body, doing: `writing the ACL token ${token.description}`, signal });
  }

  async deleteToken({ accessor }: Pick<KnownToken, 'accessor'>, signal?: AbortSignal): Promise<void> {
    const path = `acl/token/${encodeURIComponent(accessor)}`;
    await this.#send({ method: 'DELETE', path, doing: `deleting the ACL token ${accessor}`, signal });
  }

  #send(request: ConsulRequest): Promise<ConsulAnswer> {
    return send(request, this.#http);
  }
}
