import { connect } from 'node:tls';
import type { GatewayReport } from '@gatefleet/certificate-report';
import { canonicalSerial } from '@gatefleet/acme';
import type { Gateway } from '../kubernetes/gateway-list.ts';

/** What a gateway answers then, see `sniStrict` in base/traefik/dynamic.yaml. */
const UNRECOGNIZED_NAME = 'ERR_SSL_TLSV1_UNRECOGNIZED_NAME';

/**
 * Asks one gateway for a name by TLS and tells the serial of what it shows. The chain is not judged: what is asked is what is served, and
 * the CA may be one that this machine does not trust.
 */
export async function probeGateway(
  gateway: Gateway,
  name: string,
  signal: AbortSignal,
): Promise<GatewayReport['result']> {
  const { promise, resolve } = Promise.withResolvers<GatewayReport['result']>();
  const failed = (error: string) => resolve({ kind: 'failed', error });
  if (signal.aborted) return { kind: 'failed', error: 'not asked: out of time' };
  const socket = connect({ host: gateway.host, port: gateway.port, servername: name, rejectUnauthorized: false });
  const onAbort = () => failed('no answer in time');
  signal.addEventListener('abort', onAbort, { once: true });
  socket.once('error', ({ code, message }: NodeJS.ErrnoException) =>
    failed(code === UNRECOGNIZED_NAME ? 'it has no certificate for the name' : (code ?? message)),
  );
  socket.once('close', () => failed('the connection was closed'));
  socket.once('secureConnect', () => {
    const certificate = socket.getPeerX509Certificate();
    if (certificate === undefined) failed('no certificate was shown');
    else if (certificate.checkHost(name) === undefined) failed('it shows a certificate for other names');
    else resolve({ kind: 'answered', serial: canonicalSerial(certificate.serialNumber) });
  });
  try {
    return await promise;
  } finally {
    signal.removeEventListener('abort', onAbort);
    socket.destroy();
  }
}
