import type { AclPolicy, AclToken, KnownPolicy, KnownToken } from '@gatefleet/consul-kv';

/** A part of gatefleet that talks to Consul. */
export interface Component {
  readonly name: string;
  /** What it may do, in Consul's own language. */
  readonly rules: string;
  /** Of its token. */
  readonly secret: string;
}

export interface AclState {
  /** The secret that the one who asks has: the management token. */
  readonly management: string;
  readonly policies: readonly KnownPolicy[];
  readonly tokens: readonly KnownToken[];
}

export type AclStep =
  | { readonly kind: 'write-policy'; readonly policy: AclPolicy; readonly id: string | undefined }
  | { readonly kind: 'write-token'; readonly token: AclToken; readonly accessor: string | undefined }
  | { readonly kind: 'delete-token'; readonly token: KnownToken }
  | { readonly kind: 'delete-policy'; readonly policy: KnownPolicy };

/** What our policies' names and tokens' descriptions begin with; all others are left alone. */
export const OURS = 'gatefleet-';

/** What Consul calls a management token that it has from its own configuration. */
const MANAGEMENT = 'Initial Management Token';

const MADE_BY = 'Written by consul-acl; changes here are undone.';

/**
 * The steps, in order, after which Consul has exactly the components' policies and tokens. A token that a new one replaces is deleted only by
 * the next plan, so that whoever still holds it has the time until then to take over the new one.
 */
export function planAcl(
  components: readonly Component[],
  { management, policies, tokens }: AclState,
): readonly AclStep[] {
  const nameOf = (component: Component) => `${OURS}${component.name}`;
  const writtenPolicies = components.flatMap((component): AclStep[] => {
    const policy = { name: nameOf(component), description: MADE_BY, rules: component.rules };
    const known = policies.find(({ name }) => name === policy.name);
    if (known?.rules === policy.rules && known.description === policy.description) return [];
    return [{ kind: 'write-policy', policy, id: known?.id }];
  });
  const newTokens: AclStep[] = [];
  const changedTokens: AclStep[] = [];
  for (const component of components) {
    const name = nameOf(component);
    const token = { secret: component.secret, description: name, policies: [name] };
    const known = tokens.find(({ secret }) => secret === component.secret);
    if (known === undefined) newTokens.push({ kind: 'write-token', token, accessor: undefined });
    else if (known.description !== name || known.policies.join() !== name)
      changedTokens.push({ kind: 'write-token', token, accessor: known.accessor });
  }
  const secrets = new Set([management, ...components.map(({ secret }) => secret)]);
  const oldTokens = tokens
    .filter(({ description }) => description.startsWith(OURS) || description === MANAGEMENT)
    .filter(({ secret }) => !secrets.has(secret))
    .map((token): AclStep => ({ kind: 'delete-token', token }));
  const names = new Set(components.map(nameOf));
  const oldPolicies = policies
    .filter(({ name }) => name.startsWith(OURS) && !names.has(name))
    .map((policy): AclStep => ({ kind: 'delete-policy', policy }));
  return [
    ...writtenPolicies,
    ...newTokens,
    ...changedTokens,
    ...(newTokens.length === 0 ? oldTokens : []),
    ...oldPolicies,
  ];
}
