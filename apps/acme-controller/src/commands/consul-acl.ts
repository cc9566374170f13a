import { KvError, type ConsulAcl } from '@gatefleet/consul-kv';
import { OURS, planAcl, type AclStep, type Component } from '../acl/plan-acl.ts';
import { readComponents } from '../acl/read-components.ts';
import type { ConsulAclVariables } from '../config/environment.ts';
import type { Logger } from '../log.ts';
import { retryFor } from '../retry.ts';

export interface ConsulAclDeps {
  readonly acl: ConsulAcl;
  /** The management tokens, the one first that `acl` uses. */
  readonly management: () => Promise<readonly string[]>;
  readonly log: Logger;
  readonly signal: AbortSignal;
}

/** Gives each component its policy and its token. Waits for Consul to come up. Safe to repeat. @throws what was wrong at last */
export async function consulAcl(
  variables: ConsulAclVariables,
  { acl, management, log, signal }: ConsulAclDeps,
): Promise<void> {
  const components = await readComponents(
    variables.GATEFLEET_CONSUL_POLICIES_FOLDER,
    variables.GATEFLEET_CONSUL_TOKENS_FOLDER,
  );
  await retryFor((bounded) => register(components, { acl, management, log, signal: bounded }), {
    seconds: variables.GATEFLEET_WAIT_SECONDS,
    firstMs: 250,
    lastMs: 3_000,
    isRetryable: (error) => error instanceof KvError && error.isRetryable,
    onRetry: (error) => log.info({ err: error }, 'waiting for Consul'),
    signal,
  });
}

async function register(
  components: readonly Component[],
  { acl, management, log, signal }: ConsulAclDeps,
): Promise<void> {
  const [policies, tokens] = await Promise.all([acl.policies(OURS, signal), acl.tokens(signal)]);
  for (const step of planAcl(components, { management: await management(), policies, tokens })) {
    const said = await take(step, acl, signal);
    log.info({ key: said.name }, said.done);
  }
  log.info({ count: components.length }, 'each component has its policy and its token');
}

async function take(step: AclStep, acl: ConsulAcl, signal: AbortSignal): Promise<{ name: string; done: string }> {
  switch (step.kind) {
    case 'write-policy':
      await acl.writePolicy(step.policy, step.id, signal);
      return { name: step.policy.name, done: 'wrote the policy' };
    case 'write-token':
      await acl.writeToken(step.token, step.accessor, signal);
      return { name: step.token.description, done: 'wrote the token' };
    case 'delete-token':
      await acl.deleteToken(step.token, signal);
      return { name: step.token.description, done: 'deleted a token that was replaced' };
    case 'delete-policy':
      await acl.deletePolicy(step.policy, signal);
      return { name: step.policy.name, done: 'deleted a policy that nothing has any more' };
  }
}
