import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createSelfSigned, type SelfSigned } from '@gatefleet/acme/testing';
import { ConsulKvStore } from '@gatefleet/consul-kv';
import { closedConsul, startConsul } from '@gatefleet/test-programs';
import { challengeAndRedirect, keysOf, type TraefikConfig } from '@gatefleet/traefik-config';
import type { GatewayStore } from './gateway.ts';
import { startWitness, type Witness } from './witness.ts';

/** What gateways route to the witness, below `/public`, and have a certificate for. */
export const host = 'shop.gatefleet.test';

/**
 * What is behind and around a gateway, for as long as the stack.
 *
 * @param backend - in the place of the witness
 */
export async function stand(
  stack: AsyncDisposableStack,
  backend?: { readonly url: string },
): Promise<{ readonly own: SelfSigned; readonly consul: GatewayStore; readonly witness: Witness }> {
  const folder = await mkdtemp(join(tmpdir(), 'gatefleet-hostile-'));
  stack.defer(() => rm(folder, { recursive: true }));
  const closed = await closedConsul(folder);
  const { address } = stack.use(await startConsul(closed));
  await closed.register([address]);
  const witness = stack.use(await startWitness());
  const own = await createSelfSigned({ names: [host] });
  const config: TraefikConfig = challengeAndRedirect({ challengeUrl: witness.url, entryPoint: 'web' });
  const router = { rule: `Host(\`${host}\`) && PathPrefix(\`/public\`)`, service: 'witness', priority: 1_000 };
  const keys = keysOf(
    {
      http: {
        ...config.http,
        routers: {
          ...config.http?.routers,
          plain: { ...router, entryPoints: ['web'] },
          secure: { ...router, entryPoints: ['websecure'] },
        },
        services: {
          ...config.http?.services,
          witness: { loadBalancer: { servers: [{ url: (backend ?? witness).url }] } },
        },
      },
      tls: { certificates: { own: { certFile: own.certificate, keyFile: own.privateKey } } },
    },
    'traefik',
  );
  const store = new ConsulKvStore({ addresses: [address], ...closed.as() });
  await store.transact([...keys].map(([key, value]) => ({ kind: 'set', key, value })));
  return { own, consul: { endpoint: new URL(address).host, ...closed.filesOf('traefik') }, witness };
}
