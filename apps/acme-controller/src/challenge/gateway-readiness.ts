import { request } from 'node:http';
import { challengePath, type ChallengeReadiness, type ChallengeRecord, type Clock } from '@gatefleet/acme';
import type { Gateway, ListGateways } from '../kubernetes/gateway-list.ts';

/** How long one wait lasts; the engine keeps the order and asks again later. */
const patienceMs = 10_000;
const pauseMs = 100;
const requestTimeoutMs = 2_000;

/**
 * Ready once every gateway brings a challenge to a responder that answers it, asked over plain HTTP as the CA will ask.
 * Just after a start the route, the Service behind it or a responder may be missing, and an attempt would be spent on it.
 *
 * @param port - the gateways' plain HTTP port, as in the Pod.
 */
export function gatewayReadiness(listGateways: ListGateways, port: number, clock: Clock): ChallengeReadiness {
  return {
    ready: async ([challenge], signal) => {
      if (challenge === undefined) return;
      const deadline = clock.now().getTime() + patienceMs;
      for (;;) {
        const fault = await findFault(challenge, listGateways, port, signal);
        if (fault === undefined) return;
        if (clock.now().getTime() >= deadline) throw new Error(fault);
        await clock.sleep(pauseMs, signal);
      }
    },
  };
}

async function findFault(
  challenge: ChallengeRecord,
  listGateways: ListGateways,
  port: number,
  signal: AbortSignal,
): Promise<string | undefined> {
  const gateways = await listGateways(signal);
  if (gateways.length === 0) return 'no gateway is ready to take a challenge';
  const faults = await Promise.all(gateways.map((gateway) => faultOf(gateway, challenge, port, signal)));
  return faults.find((fault) => fault !== undefined);
}

function faultOf(
  { pod, host }: Gateway,
  { host: name, token, keyAuthorization }: ChallengeRecord,
  port: number,
  signal: AbortSignal,
): Promise<string | undefined> {
  return new Promise((resolve) => {
    const asked = request(
      {
        host,
        port,
        path: challengePath(token),
        headers: { host: name },
        agent: false,
        signal: AbortSignal.any([signal, AbortSignal.timeout(requestTimeoutMs)]),
      },
      (response) => {
        let body = '';
        response.setEncoding('utf8').on('data', (text: string) => {
          // An answer is a token, a dot and a thumbprint: what is longer is another's.
          if (body.length <= keyAuthorization.length) body += text;
        });
        response.on('error', () => resolve(`gateway ${pod} broke off its answer to a challenge`));
        response.on('end', () => {
          if (response.statusCode === 200 && body === keyAuthorization) resolve(undefined);
          else resolve(`gateway ${pod} answers a challenge with status ${String(response.statusCode)}`);
        });
      },
    );
    asked.once('error', (error) => resolve(`gateway ${pod} does not take a challenge: ${error.message}`)).end();
  });
}
