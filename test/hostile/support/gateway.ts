import { copyFile, mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { answers, freePort, startProgram, type Program } from '@gatefleet/test-programs';
import { ensureTools } from '@gatefleet/toolchain';
import { parse } from 'yaml';
import { z } from 'zod';

const base = join(import.meta.dirname, '../../../base/traefik');
const Deployment = z.object({
  spec: z.object({
    template: z.object({
      spec: z.object({
        containers: z.tuple([z.object({ args: z.array(z.string()) })]),
        volumes: z.array(
          z.object({
            name: z.string(),
            configMap: z.object({ items: z.array(z.object({ key: z.string(), path: z.string() })) }).optional(),
          }),
        ),
      }),
    }),
  }),
});
const Kustomization = z.object({ configMapGenerator: z.tuple([z.object({ files: z.array(z.string()) })]) });

async function read<T>(schema: z.ZodType<T>, file: string): Promise<T> {
  return schema.parse(parse(await readFile(join(base, file), 'utf8')));
}

/** A gateway as the base has it. */
export interface Gateway extends Program {
  readonly web: number;
  readonly websecure: number;
  readonly internal: number;
  /** Of the base, in bytes. */
  readonly maxHeaderBytes: number;
  /** Of the base, on one connection. */
  readonly maxStreams: number;
  /** Else Go would do so when it has taken as much again, or after two minutes. */
  readonly collectGarbage: () => Promise<void>;
}

/** Consul, as a gateway reaches it. */
export interface GatewayStore {
  /** Host and port. */
  readonly endpoint: string;
  readonly tokenFile: string;
  readonly caFile: string;
}

/** What an overlay may add to the base. */
export interface Added {
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

/**
 * Starts a gateway with the arguments of base/traefik, save for what needs a cluster.
 * @param changes - other values for arguments that the base gives
 */
export async function startGateway(
  consul: GatewayStore,
  changes: Readonly<Record<string, string>> = {},
  { args: added = [], env = {} }: Added = {},
): Promise<Gateway> {
  const { traefik } = await ensureTools(['traefik']);
  const [web, websecure, internal] = [await freePort(), await freePort(), await freePort()];
  const { spec } = await read(Deployment, 'deployment.yaml');
  const { containers, volumes } = spec.template.spec;
  const given = containers[0].args.filter((one) => !one.startsWith('--providers.kubernetesIngress'));
  const own: Record<string, string> = {
    '--entryPoints.web.address': `127.0.0.1:${web}`,
    '--entryPoints.websecure.address': `127.0.0.1:${websecure}`,
    '--entryPoints.traefik.address': `127.0.0.1:${internal}`,
    '--providers.consul.endpoints': consul.endpoint,
    '--providers.consul.tls.ca': consul.caFile,
    '--providers.file.filename': 'dynamic.yaml',
    ...changes,
  };
  const valueOf = (flag: string): string => {
    const found = given.find((one) => one.startsWith(`${flag}=`));
    if (found === undefined) throw new Error(`base/traefik does not give ${flag}`);
    return found.slice(flag.length + 1);
  };
  for (const flag of Object.keys(own)) valueOf(flag);
  const args = given.map((one) => {
    const [flag = ''] = one.split('=', 1);
    return own[flag] === undefined ? one : `${flag}=${own[flag]}`;
  });
  // As kubelet lays out the ConfigMap.
  const folder = await mkdtemp(join(tmpdir(), 'gateway-'));
  const files = (await read(Kustomization, 'kustomization.yaml')).configMapGenerator[0].files;
  for (const { key, path } of volumes.find(({ name }) => name === 'dynamic')?.configMap?.items ?? []) {
    const source =
      files
        .find((one) => one.split('=')[0] === key)
        ?.split('=')
        .at(-1) ?? key;
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await copyFile(join(base, source), join(folder, path));
  }
  const program = await startProgram({
    name: 'gateway',
    cwd: folder,
    file: traefik.path,
    env: { ...env, CONSUL_HTTP_TOKEN_FILE: consul.tokenFile },
    args: [...args, ...added, '--api.debug=true'],
    isReady: () => answers(`http://127.0.0.1:${internal}/ping`),
  });
  const maxHeaderBytes = Number(valueOf('--entryPoints.websecure.http.maxHeaderBytes'));
  const maxStreams = Number(valueOf('--entryPoints.websecure.http2.maxConcurrentStreams'));
  const collectGarbage = async () => {
    const answer = await fetch(`http://127.0.0.1:${internal}/debug/pprof/heap?gc=1`);
    await answer.arrayBuffer();
    if (!answer.ok) throw new Error(`asking the gateway to collect garbage: ${answer.status}`);
  };
  const end = async () => {
    await program.stop();
    await rm(folder, { recursive: true });
  };
  return {
    ...program,
    web,
    websecure,
    internal,
    maxHeaderBytes,
    maxStreams,
    collectGarbage,
    [Symbol.asyncDispose]: end,
  };
}
