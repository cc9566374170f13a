import { once } from 'node:events';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest, type RequestOptions } from 'node:https';
import { StringDecoder } from 'node:string_decoder';
import { setTimeout as sleep } from 'node:timers/promises';
import type { KubeConfig } from '@kubernetes/client-node';
import type { Logger } from '../log.ts';
import { KubernetesError } from './errors.ts';
import type { ListGateways } from './gateway-list.ts';

/** What the gateways write, line by line, from now on until `signal`. */
export type FollowGatewayLogs = (onLine: (line: string) => void, signal: AbortSignal) => Promise<void>;

const LOOK_EVERY_MS = 10_000;
/** A longer line is nobody's access log. */
const MAX_LINE = 65_536;

/** Follows the logs of all gateways' Pods, those that come later too. What breaks off is begun again. */
export function kubernetesGatewayLogs(
  config: KubeConfig,
  { namespace, container, list, log }: { namespace: string; container: string; list: ListGateways; log: Logger },
): FollowGatewayLogs {
  return async (onLine, signal) => {
    const following = new Set<string>();
    const follow = async (pod: string) => {
      following.add(pod);
      try {
        await readLines(await openLog(config, { namespace, pod, container }, signal), onLine);
      } catch (err) {
        if (!signal.aborted) log.warn({ err }, 'a gateway’s log cannot be followed');
      }
      following.delete(pod);
    };
    while (!signal.aborted) {
      try {
        for (const { pod } of await list(signal)) if (!following.has(pod)) void follow(pod);
      } catch (err) {
        if (!signal.aborted) log.warn({ err }, 'following the gateways’ logs');
      }
      await sleep(LOOK_EVERY_MS, undefined, { signal }).catch(() => undefined);
    }
  };
}

/** The client's own call for this ends the process when the connection breaks: nothing listens to its stream's errors. */
async function openLog(
  config: KubeConfig,
  { namespace, pod, container }: { namespace: string; pod: string; container: string },
  signal: AbortSignal,
): Promise<IncomingMessage> {
  const url = new URL(`${config.getCurrentCluster()?.server ?? ''}/api/v1/namespaces/${namespace}/pods/${pod}/log`);
  url.search = String(new URLSearchParams({ container, follow: 'true', sinceSeconds: '10' }));
  const options: RequestOptions = { signal };
  await config.applyToHTTPSOptions(options);
  const request = url.protocol === 'https:' ? httpsRequest(url, options) : httpRequest(url, options);
  // It may break after the answer began, or end with the signal: then reading the answer says so.
  request.on('error', () => undefined);
  request.end();
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  if (response.statusCode === 200) return response;
  response.destroy();
  throw new KubernetesError(
    `following the log of Pod ${namespace}/${pod}: the API server answered ${response.statusCode}`,
  );
}

async function readLines(response: IncomingMessage, onLine: (line: string) => void): Promise<void> {
  const decoder = new StringDecoder('utf8');
  let rest = '';
  for await (const chunk of response as AsyncIterable<Buffer>) {
    const parts = (rest + decoder.write(chunk)).split('\n');
    rest = parts.pop() ?? '';
    if (rest.length > MAX_LINE) rest = '';
    for (const line of parts) onLine(line);
  }
}
