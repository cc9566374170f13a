import { readFile } from 'node:fs/promises';
import { request as httpRequest, type ClientRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { dirname, join } from 'node:path';
import { spawn } from 'node:child_process';
import { connect, type TLSSocket } from 'node:tls';
import type { CertificateReport, CertificatesReport } from '@gatefleet/certificate-report';
import type { Door } from './ask-at-rate.ts';
import { eventually, run, succeed, type Ran } from './shell.ts';

/** A clone with a cluster, used as its user would. */
export interface Fleet {
  readonly clone: string;
  /** `npm run --silent gatefleet -- …` */
  readonly gatefleet: (...args: string[]) => Promise<Ran>;
  readonly kubectl: (...args: string[]) => Promise<string>;
  /** The program, for what else is to be said to it. */
  readonly kubectlPath: string;
  readonly kubeconfig: string;
  readonly apply: (manifest: string) => Promise<string>;
  readonly git: (...args: string[]) => Promise<string>;
  /** What the leading controller tells, and who that is. */
  readonly report: () => Promise<CertificatesReport>;
  readonly certificates: () => Promise<readonly CertificateReport[]>;
  /** Waits until every gateway of the wanted number serves one serial for the host, and returns it. */
  readonly servedByAll: (host: string, gateways: number) => Promise<string>;
  /** A GET of `/`, or what is posted. */
  readonly https: (host: string, posted?: Posted) => Promise<Answer>;
  readonly http: (host: string) => Promise<Answer>;
  /** Where requests for the host come in. */
  readonly door: (host: string) => Promise<Door>;
  /** The serial that one gateway shows for each host, trusted as a client would, or why it shows none. */
  readonly shownBy: (pod: string, hosts: readonly string[]) => Promise<ReadonlyMap<string, string>>;
  /** What the CA has seen so far. */
  readonly acme: () => Promise<{ readonly orders: number; readonly issued: number }>;
}

export interface Answer {
  readonly status: number;
  readonly location: string | undefined;
  readonly serial: string | undefined;
  readonly body: string;
}

export interface Posted {
  readonly path: string;
  readonly body: string;
}

export interface Ports {
  readonly http: number;
  readonly https: number;
}

export function fleetOf(clone: string, kubectlPath: string): Fleet {
  const kubeconfig = join(clone, '.gatefleet/kubeconfig');
  const kubectl = (...args: string[]) => succeed(kubectlPath, ['--kubeconfig', kubeconfig, ...args]);
  const ports = async (): Promise<Ports> => {
    const note = JSON.parse(await readFile(join(clone, '.gatefleet/cluster.json'), 'utf8')) as { ports: Ports };
    return note.ports;
  };
  const gatefleet = (...args: string[]) => run('npm', ['run', '--silent', 'gatefleet', '--', ...args], { cwd: clone });
  const path = '/api/v1/namespaces/gatefleet/services/acme-controller:status/proxy/certificates';
  const report = async () => JSON.parse(await kubectl('get', '--raw', path)) as CertificatesReport;
  const certificates = async () => (await report()).certificates;
  return {
    clone,
    gatefleet,
    kubectl,
    kubectlPath,
    kubeconfig,
    report,
    certificates,
    apply: (manifest) => succeed(kubectlPath, ['--kubeconfig', kubeconfig, 'apply', '-f', '-'], { input: manifest }),
    git: (...args) => succeed('git', ['-C', clone, ...args]),
    servedByAll: (host, count) =>
      eventually(
        `${host} on ${count} gateways`,
        async () => {
          const certificate = (await certificates()).find(({ names }) => names.includes(host));
          const serials = certificate?.gateways.map(({ result }) =>
            result.kind === 'answered' ? result.serial : result.error,
          );
          const serial = certificate?.current?.serial;
          return serials?.length === count && serials.every((one) => one === serial) ? serial : undefined;
        },
        300_000,
      ),
    https: async (host, posted) => {
      const { https } = await ports();
      const ca = await readFile(join(clone, '.gatefleet/ca.pem'), 'utf8');
      const at = {
        host: '127.0.0.1',
        port: https,
        servername: host,
        ca,
        headers: { host },
        agent: false,
        timeout: 5_000,
      };
      const of = posted === undefined ? {} : { method: 'POST', path: posted.path };
      return answer((done) => httpsRequest({ ...at, ...of }, done), posted?.body);
    },
    http: async (host) => {
      const { http } = await ports();
      return answer((done) =>
        httpRequest({ host: '127.0.0.1', port: http, headers: { host }, agent: false, timeout: 5_000 }, done),
      );
    },
    door: async (host) => ({
      host,
      port: (await ports()).https,
      ca: await readFile(join(clone, '.gatefleet/ca.pem'), 'utf8'),
    }),
    shownBy: async (pod, hosts) => {
      const { port, stop } = await forward(kubectlPath, ['--kubeconfig', kubeconfig, '-n', 'gatefleet'], pod, 8443);
      try {
        const ca = await readFile(join(clone, '.gatefleet/ca.pem'), 'utf8');
        return new Map(await Promise.all(hosts.map(async (host) => [host, await shown(port, host, ca)] as const)));
      } finally {
        stop();
      }
    },
    acme: async () => {
      const log = await readFile(join(dirname(kubeconfig), 'logs/pebble.log'), 'utf8');
      return {
        orders: log.match(/Added order /g)?.length ?? 0,
        issued: log.match(/Issued certificate serial /g)?.length ?? 0,
      };
    },
  };
}

function answer(start: (done: (response: IncomingMessage) => void) => ClientRequest, body?: string): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const request = start((response) => {
      const serial = (response.socket as TLSSocket).getPeerCertificate?.().serialNumber;
      let body = '';
      response.setEncoding('utf8').on('data', (text: string) => (body += text));
      response.on('end', () => {
        resolve({
          status: response.statusCode ?? 0,
          location: response.headers.location,
          serial: serial?.toLowerCase(),
          body,
        });
      });
    });
    request.once('timeout', () => request.destroy(new Error('no answer in 5 s')));
    request.once('error', reject).end(body);
  });
}

/** A port of the host that leads to one of a Pod. */
async function forward(
  kubectl: string,
  where: readonly string[],
  pod: string,
  port: number,
): Promise<{ readonly port: number; readonly stop: () => void }> {
  const child = spawn(kubectl, [...where, 'port-forward', `pod/${pod}`, `:${port}`]);
  const told = await new Promise<string>((resolve, reject) => {
    let text = '';
    child.stdout.setEncoding('utf8').on('data', (part: string) => resolve((text += part)));
    child.stderr.setEncoding('utf8').on('data', (part: string) => (text += part));
    child.once('error', reject);
    child.once('close', () => reject(new Error(`port-forward to ${pod} ended: ${text}`)));
  });
  return { port: Number(/127\.0\.0\.1:(\d+)/.exec(told)?.[1]), stop: () => child.kill() };
}

function shown(port: number, host: string, ca: string): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port, servername: host, ca, timeout: 5_000 }, () => {
      resolve(socket.getPeerCertificate().serialNumber.toLowerCase());
      socket.destroy();
    });
    socket.once('timeout', () => socket.destroy(new Error('no answer in 5 s')));
    socket.once('error', (error) => resolve(String(error)));
  });
}
