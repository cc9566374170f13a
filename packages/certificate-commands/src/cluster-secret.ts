import { createHash, randomBytes, randomUUID } from 'node:crypto';

/**
 * A Secret that is made in the cluster and never in git. It holds one value; two while one takes the place of another. The first is the one that
 * is used, and what the others made or belong to is taken too.
 */
export interface ClusterSecret {
  readonly name: string;
  /** The key of the Secret that lists all values, one a line. */
  readonly listedIn: string;
  readonly fresh: () => string;
  /** The whole content. @param values - at least one. */
  readonly contentOf: (values: readonly string[]) => Readonly<Record<string, string>>;
}

/** The component that Consul's servers themselves are. */
const SERVER = 'server';

/** What records below `gatefleet/` are sealed with. */
export const encryptionKeySecret: ClusterSecret = {
  name: 'gatefleet-encryption-key',
  listedIn: 'keys',
  fresh: () => randomBytes(32).toString('base64'),
  contentOf: (keys) => ({ keys: lines(keys) }),
};

/** What Consul's servers talk to each other with. They read one key at their start, in the form of their own configuration. */
export const gossipKeySecret: ClusterSecret = {
  name: 'consul-gossip-key',
  listedIn: 'keys',
  fresh: () => randomBytes(32).toString('base64'),
  contentOf: (keys) => ({ keys: lines(keys), 'config.json': JSON.stringify({ encrypt: keys[0] }) }),
};

/** Consul's token for everything, which its servers make sure of at their start. */
export const managementTokenSecret = tokenSecret('consul-management-token', (token) => ({
  acl: { tokens: { initial_management: token } },
}));

/** The token of one component in Consul. */
export function componentTokenSecret(component: string): ClusterSecret {
  const name = `consul-token-${component}`;
  return component === SERVER
    ? tokenSecret(name, (token) => ({ acl: { tokens: { agent: token } } }))
    : tokenSecret(name);
}

/** All that Consul has: its tokens are made before it knows them, so that none is ever lost between it and a Secret. */
export function consulSecrets(components: readonly string[]): readonly ClusterSecret[] {
  return [gossipKeySecret, managementTokenSecret, ...components.map(componentTokenSecret)];
}

/** The values of a list as a Secret or a mounted file has it. */
export function valuesIn(list: string): readonly string[] {
  return list
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
}

/** What a key or a token is called where it must not be shown; tells nothing of one that is random. */
export function fingerprint(value: string): string {
  return createHash('sha256').update('gatefleet\n').update(value).digest('hex').slice(0, 16);
}

function tokenSecret(name: string, configurationOf?: (token: string) => object): ClusterSecret {
  return {
    name,
    listedIn: 'tokens',
    fresh: randomUUID,
    contentOf: (tokens) => {
      const [token = ''] = tokens;
      const configuration = configurationOf && { 'config.json': JSON.stringify(configurationOf(token)) };
      return { token, tokens: lines(tokens), ...configuration };
    },
  };
}

function lines(values: readonly string[]): string {
  return values.join('\n');
}
