import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { answers, freePort, startProgram, type Program } from '@gatefleet/test-programs';
import { ensureTools } from '@gatefleet/toolchain';
import { parse } from 'yaml';
import { z } from 'zod';

const base = join(import.meta.dirname, '../../../base/traefik');
const Arguments = z.object({
  spec: z.object({
    template: z.object({ spec: z.object({ containers: z.tuple([z.object({ args: z.array(z.string()) })]) }) }),
  }),
});

/** A gateway as the base has it. */
export interface Gateway extends Program {
  readonly web: number;
  readonly websecure: number;
  readonly internal: number;
  /** Of the base, in bytes. */
  readonly maxHeaderBytes: number;
  /** Else Go would do so when it has taken as much again, or after two minutes. */
  readonly collectGarbage: () => Promise<void>;
}

/** What an overlay may add to the base. */
export interface Added {
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

/**
 * Starts a gateway with the arguments of base/traefik, save for what needs a cluster.
 * @param consul - host and port
 * @param changes - other values for arguments that the base gives
 */
export async function startGateway(
  consul: string,
  changes: Readonly<Record<string, string>> = {},
  { args: added = [], env = {} }: Added = {},
): Promise<Gateway> {
  const { traefik } = await ensureTools(['traefik']);
  const [web, websecure, internal] = [await freePort(), await freePort(), await freePort()];
  const { spec } = Arguments.parse(parse(await readFile(join(base, 'deployment.yaml'), 'utf8')));
  const given = spec.template.spec.containers[0].args.filter(
    (one) => !/^--providers\.(kubernetesIngress|consul\.tls)/.test(one),
  );
  const own: Record<string, string> = {
    '--entryPoints.web.address': `127.0.0.1:${web}`,
    '--entryPoints.websecure.address': `127.0.0.1:${websecure}`,
    '--entryPoints.traefik.address': `127.0.0.1:${internal}`,
    '--providers.consul.endpoints': consul,
    '--providers.file.filename': join(base, 'dynamic.yaml'),
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
  const program = await startProgram({
    name: 'gateway',
    file: traefik.path,
    env,
    args: [...args, ...added, '--api.debug=true'],
    isReady: () => answers(`http://127.0.0.1:${internal}/ping`),
  });
  const maxHeaderBytes = Number(valueOf('--entryPoints.websecure.http.maxHeaderBytes'));
  const collectGarbage = async () => {
    const answer = await fetch(`http://127.0.0.1:${internal}/debug/pprof/heap?gc=1`);
    await answer.arrayBuffer();
    if (!answer.ok) throw new Error(`asking the gateway to collect garbage: ${answer.status}`);
  };
  return { ...program, web, websecure, internal, maxHeaderBytes, collectGarbage };
}
