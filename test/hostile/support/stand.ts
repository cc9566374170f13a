import { createSelfSigned, type SelfSigned } from '@gatefleet/acme/testing';
import { ConsulKvStore } from '@gatefleet/consul-kv';
import { startConsul } from '@gatefleet/test-programs';
import { challengeAndRedirect, keysOf, type TraefikConfig } from '@gatefleet/traefik-config';
import { startWitness, type Witness } from './witness.ts';

/** What gateways route to the witness, below `/public`, and have a certificate for. */
export const host = 'shop.gatefleet.test';

/** What is behind and around a gateway, for as long as the stack. */
export async function stand(
  stack: AsyncDisposableStack,
): Promise<{ readonly own: SelfSigned; readonly consul: string; readonly witness: Witness }> {
  const consul = stack.use(await startConsul());
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
        services: { ...config.http?.services, witness: { loadBalancer: { servers: [{ url: witness.url }] } } },
      },
      tls: { certificates: { own: { certFile: own.certificate, keyFile: own.privateKey } } },
    },
    'traefik',
  );
  const store = new ConsulKvStore({ addresses: [consul.address] });
  await store.transact([...keys].map(([key, value]) => ({ kind: 'set', key, value })));
  return { own, consul: new URL(consul.address).host, witness };
}
