import { join } from 'node:path';
import { ensureTools } from '@gatefleet/toolchain';
import { freePort } from './free-port.ts';
import { answers, startProgram, type Program } from './program.ts';

export interface TraefikProgram extends Program {
  /** Ports of 127.0.0.1. */
  readonly web: number;
  readonly websecure: number;
  /** Of ping and metrics. */
  readonly internal: number;
  /** How often it took over another dynamic configuration. */
  reloads(): Promise<number>;
}

/**
 * One gateway on loopback, with TLS as in base/traefik, that reads its dynamic configuration from Consul below `traefik`.
 * @param files - with the ACL token for Consul and the CA to trust, given as base/traefik does.
 */
export async function startTraefik(
  consulAddress: string,
  { tokenFile, caFile }: { readonly tokenFile: string; readonly caFile: string },
): Promise<TraefikProgram> {
  const { traefik } = await ensureTools(['traefik']);
  const [web, websecure, internal] = [await freePort(), await freePort(), await freePort()];
  const program = await startProgram({
    name: 'traefik',
    file: traefik.path,
    env: { CONSUL_HTTP_TOKEN_FILE: tokenFile },
    args: [
      '--global.checknewversion=false',
      '--global.sendanonymoususage=false',
      `--entrypoints.web.address=127.0.0.1:${web}`,
      `--entrypoints.websecure.address=127.0.0.1:${websecure}`,
      '--entrypoints.websecure.asdefault=true',
      '--entrypoints.websecure.http.tls=true',
      `--entrypoints.traefik.address=127.0.0.1:${internal}`,
      '--ping=true',
      '--metrics.prometheus=true',
      '--metrics.prometheus.entrypoint=traefik',
      `--providers.file.filename=${join(import.meta.dirname, '../../../base/traefik/dynamic.yaml')}`,
      '--providers.file.watch=false',
      '--providers.consul=true',
      `--providers.consul.endpoints=${new URL(consulAddress).host}`,
      '--providers.consul.rootkey=traefik',
      `--providers.consul.tls.ca=${caFile}`,
      '--providers.providersthrottleduration=100ms',
    ],
    isReady: () => answers(`http://127.0.0.1:${internal}/ping`),
  });
  return {
    ...program,
    web,
    websecure,
    internal,
    async reloads() {
      const metrics = await (await fetch(`http://127.0.0.1:${internal}/metrics`)).text();
      return Number(/^traefik_config_reloads_total (\S+)$/m.exec(metrics)?.[1] ?? 'NaN');
    },
  };
}
