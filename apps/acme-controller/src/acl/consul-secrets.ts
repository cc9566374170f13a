import { randomBytes, randomUUID } from 'node:crypto';

/** A Secret that is made in the cluster, once. */
export interface MadeSecret {
  readonly name: string;
  readonly make: () => Readonly<Record<string, string>>;
}

/** The component that Consul's servers themselves are. */
const SERVER = 'server';

/**
 * The tokens are made before Consul knows them, so that none is ever lost between Consul and a Secret. What the servers need to know is in
 * the form of their own configuration, and mounted as that.
 */
export function consulSecrets(components: readonly string[]): readonly MadeSecret[] {
  return [
    {
      name: 'consul-gossip-key',
      make: () => {
        const key = randomBytes(32).toString('base64');
        return { key, 'config.json': JSON.stringify({ encrypt: key }) };
      },
    },
    {
      name: 'consul-management-token',
      make: () => {
        const token = randomUUID();
        return { token, 'config.json': JSON.stringify({ acl: { tokens: { initial_management: token } } }) };
      },
    },
    ...components.map((name) => ({
      name: `consul-token-${name}`,
      make: () => {
        const token = randomUUID();
        if (name !== SERVER) return { token };
        return { token, 'config.json': JSON.stringify({ acl: { tokens: { agent: token } } }) };
      },
    })),
  ];
}
