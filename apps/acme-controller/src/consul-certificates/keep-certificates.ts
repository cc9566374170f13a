import { X509Certificate } from 'node:crypto';
import type { CoreV1Api, V1Secret } from '@kubernetes/client-node';
import { call } from '../kubernetes/call.ts';
import { KubernetesError } from '../kubernetes/errors.ts';
import type { Logger } from '../log.ts';
import { issueCertificate, makeAuthority, type KeyPair } from './authority.ts';
import { authorityLifeMs, certificateLifeMs, planCertificates, type RotationStep } from './plan-certificates.ts';
import { authoritiesText, knownCertificates, readAuthorities } from './read-certificates.ts';

/** The CA's key, which no Pod mounts. */
const AUTHORITIES = { name: 'consul-ca-key', type: 'Opaque' };
/** The certificates of the CAs that whoever talks to Consul trusts. */
const TRUSTED = { name: 'consul-ca', type: 'Opaque' };
/** What Consul's servers show. */
const SERVERS = { name: 'consul-server-certificate', type: 'kubernetes.io/tls' };

export interface KeepCertificatesOptions {
  readonly api: CoreV1Api;
  readonly namespace: string;
  readonly now: Date;
  readonly step?: RotationStep | undefined;
  readonly log: Logger;
  readonly signal: AbortSignal;
}

/**
 * Makes and replaces the CA and the certificate of Consul's servers where that is due. What is trusted is written before what is to be
 * trusted, and nothing over what somebody else has written meanwhile.
 * @throws KubernetesError, with 409 when it lost a race; ConfigError for a CA that is damaged
 */
export async function keepCertificates(options: KeepCertificatesOptions): Promise<void> {
  const { namespace, now, step, log } = options;
  const [kept, trusted, servers] = [
    await read(options, AUTHORITIES.name),
    await read(options, TRUSTED.name),
    await read(options, SERVERS.name),
  ];
  const names = serverNames(namespace);
  const known = kept === undefined ? [] : readAuthorities(textOf(kept, 'authorities.pem'));
  const shown = servers && { certificate: textOf(servers, 'tls.crt'), key: textOf(servers, 'tls.key') };
  const { forget, makeAuthority: makes, signer } = planCertificates(knownCertificates(known, shown, names), now, step);

  const authorities = [...known.slice(forget), ...(makes ? [await makeAuthority(now, authorityLifeMs)] : [])];
  if (authorities.length !== known.length || makes) {
    await write(options, AUTHORITIES, kept, { 'authorities.pem': authoritiesText(authorities) });
    log.info({ namespace, key: AUTHORITIES.name, count: authorities.length }, makes ? 'made a CA' : 'forgot a CA');
  }
  const bundle = authorities.map(({ certificate }) => certificate).join('');
  if (trusted === undefined || textOf(trusted, 'ca.crt') !== bundle) {
    await write(options, TRUSTED, trusted, { 'ca.crt': bundle });
    log.info({ namespace, key: TRUSTED.name, count: authorities.length }, 'wrote which CAs to trust');
  }
  const by = signer === undefined ? undefined : authorities[signer];
  if (by === undefined) return log.info({ namespace, key: SERVERS.name }, 'the servers’ certificate is good');
  const issued = await issueCertificate(by, names, { now, lifeMs: certificateLifeMs });
  await write(options, SERVERS, servers, { 'tls.crt': issued.certificate, 'tls.key': issued.key });
  log.info({ namespace, key: SERVERS.name, serial: serialOf(issued), names }, 'issued the servers’ certificate');
}

/** @returns what a certificate of Consul's servers is for: `server.dc1.consul` is how they know each other. */
export function serverNames(namespace: string): readonly string[] {
  return ['server.dc1.consul', 'consul', `consul.${namespace}`, `consul.${namespace}.svc`, 'localhost', '127.0.0.1'];
}

async function read({ api, namespace, signal }: KeepCertificatesOptions, name: string): Promise<V1Secret | undefined> {
  const doing = `reading Secret ${namespace}/${name}`;
  return call(doing, () => api.readNamespacedSecret({ namespace, name }), signal).catch((error: unknown) => {
    if (error instanceof KubernetesError && error.code === 404) return undefined;
    throw error;
  });
}

async function write(
  { api, namespace, signal }: KeepCertificatesOptions,
  { name, type }: { readonly name: string; readonly type: string },
  present: V1Secret | undefined,
  stringData: Readonly<Record<string, string>>,
): Promise<void> {
  const doing = `writing Secret ${namespace}/${name}`;
  const { resourceVersion } = present?.metadata ?? {};
  const labels = { 'app.kubernetes.io/part-of': 'gatefleet' };
  const metadata = { name, namespace, labels, ...(resourceVersion !== undefined && { resourceVersion }) };
  const body = { metadata, type, stringData };
  await call(
    doing,
    () =>
      present === undefined
        ? api.createNamespacedSecret({ namespace, body })
        : api.replaceNamespacedSecret({ namespace, name, body }),
    signal,
  );
}

function textOf({ data = {} }: V1Secret, key: string): string {
  return Buffer.from(data[key] ?? '', 'base64').toString('utf8');
}

function serialOf({ certificate }: KeyPair): string {
  return new X509Certificate(certificate).serialNumber;
}
