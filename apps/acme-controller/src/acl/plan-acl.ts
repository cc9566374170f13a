import type { AclPolicy, AclToken, KnownPolicy, KnownToken } from '@gatefleet/consul-kv';

/** A part of gatefleet that talks to Consul. */
export interface Component {
  readonly name: string;
  /** What it may do, in Consul's own language. */
  readonly rules: string;
  /** Of its tokens: the one that it uses first, then those that are valid beside it while one takes the place of another. */
  readonly secrets: readonly string[];
}

export interface AclState {
  /** Secrets of the management tokens, the one first that the one who asks has. */
  readonly management: readonly string[];
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

/** Ours are called like those of a component. */
const MANAGES = { description: `${OURS}management`, policies: ['global-management'] };

const MADE_BY = 'Written by consul-acl; changes here are undone.';

/**
 * The steps, in order, after which Consul has exactly the components' policies and tokens. A token that was there and is not listed any more is
 * deleted only by a plan that makes none, so that whoever still holds it has the time until then to take over the new one.
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
  const knownOf = (one: string) => tokens.find(({ secret }) => secret === one);
  for (const component of components) {
    const name = nameOf(component);
    for (const secret of component.secrets) {
      const token = { secret, description: name, policies: [name] };
      const known = knownOf(secret);
      if (known === undefined) newTokens.push({ kind: 'write-token', token, accessor: undefined });
      else if (known.description !== name || known.policies.join() !== name)
        changedTokens.push({ kind: 'write-token', token, accessor: known.accessor });
    }
  }
  for (const secret of management) {
    if (knownOf(secret) === undefined)
      newTokens.push({ kind: 'write-token', token: { secret, ...MANAGES }, accessor: undefined });
  }
  const secrets = new Set([...management, ...components.flatMap((component) => component.secrets)]);
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
