import type { RequestListener, ServerResponse } from 'node:http';
import type { CertificatesReport, KeysReport } from '@gatefleet/certificate-report';
import type { Registry } from 'prom-client';
import type { Logger } from '../log.ts';

export interface StatusOptions {
  /** @returns why this replica cannot do its work, or nothing */
  readonly notReady: (signal: AbortSignal) => Promise<string | undefined>;
  readonly report: (signal: AbortSignal) => Promise<CertificatesReport>;
  readonly keys: (signal: AbortSignal) => Promise<KeysReport>;
  readonly registry: Registry;
  readonly log: Logger;
}

const READY_TIMEOUT_MS = 3_000;
const REPORT_TIMEOUT_MS = 30_000;

/** `/healthz`, `/readyz`, `/metrics`, `/certificates` and `/keys`; nothing here changes anything. */
export function statusListener({ notReady, report, keys, registry, log }: StatusOptions): RequestListener {
  const pages: Readonly<Record<string, (response: ServerResponse) => Promise<void>>> = {
    '/healthz': async (response) => send(response, 200, 'text/plain', 'ok\n'),
    '/readyz': async (response) => {
      const why = await notReady(AbortSignal.timeout(READY_TIMEOUT_MS));
      send(response, why === undefined ? 200 : 503, 'text/plain', `${why ?? 'ok'}\n`);
    },
    '/metrics': async (response) => send(response, 200, registry.contentType, await registry.metrics()),
    '/certificates': async (response) => {
      const certificates = await report(AbortSignal.timeout(REPORT_TIMEOUT_MS));
      send(response, 200, 'application/json', `${JSON.stringify(certificates)}\n`);
    },
    '/keys': async (response) => {
      const told = await keys(AbortSignal.timeout(READY_TIMEOUT_MS));
      send(response, 200, 'application/json', `${JSON.stringify(told)}\n`);
    },
  };
  return (request, response) => {
    const path = (request.url ?? '').split('?')[0] ?? '';
    const page = Object.hasOwn(pages, path) ? pages[path] : undefined;
    if (page === undefined) return send(response, 404, 'text/plain', 'not found\n');
    if (request.method !== 'GET' && request.method !== 'HEAD') return send(response, 405, 'text/plain', 'GET only\n');
    page(response).catch((error: unknown) => {
      log.warn({ err: error, address: path }, 'a status page failed');
      send(response, 503, 'text/plain', 'it cannot be told now; the log says why\n');
    });
  };
}

function send(response: ServerResponse, status: number, type: string, body: string): void {
  response.writeHead(status, { 'Content-Type': type, 'Cache-Control': 'no-store' });
  response.end(body);
}
