import { randomBytes } from 'node:crypto';
import { consulSecrets, encryptionKeySecret, type ClusterSecret } from '@gatefleet/certificate-commands';
import { CoreV1Api, type KubeConfig } from '@kubernetes/client-node';
import { componentNames } from '../acl/read-components.ts';
import { RecordCipher } from '../cipher/record-cipher.ts';
import type { CreateSecretsVariables } from '../config/environment.ts';
import { keepCertificates } from '../consul-certificates/keep-certificates.ts';
import { call } from '../kubernetes/call.ts';
import { KubernetesError } from '../kubernetes/errors.ts';
import type { Logger } from '../log.ts';
import { retryFor } from '../retry.ts';

/** What snapshots are sealed with. */
const backupPassphrase: Pick<ClusterSecret, 'name' | 'fresh' | 'contentOf'> = {
  name: 'gatefleet-backup-passphrase',
  fresh: () => randomBytes(24).toString('base64url'),
  contentOf: ([passphrase = '']) => ({ passphrase }),
};

/**
 * Makes the Secrets that are not there: the encryption key, what backups are sealed with, Consul's tokens and key, its CA and certificates. What is there is left alone, but for
 * certificates that are due: what a key sealed could not be opened with another. The encryption key is read, to be checked, and the CA; a token that is there is not.
 * @throws ConfigError, KubernetesError, or CipherError `BAD_KEY` for a key that is there and bad
 */
export async function createSecrets(
  variables: CreateSecretsVariables,
  { config, log, signal }: { config: KubeConfig; log: Logger; signal: AbortSignal },
): Promise<void> {
  const api = config.makeApiClient(CoreV1Api);
  const { POD_NAMESPACE: namespace, GATEFLEET_SECRET_NAME: name } = variables;
  const secrets = [
    ...consulSecrets(await componentNames(variables.GATEFLEET_CONSUL_POLICIES_FOLDER)),
    backupPassphrase,
  ];
  const ensureAll = async (bounded: AbortSignal) => {
    await ensureKey(api, { namespace, name }, log, bounded);
    for (const secret of secrets) await create(api, namespace, secret, log, bounded);
    await keepCertificates({ api, namespace, now: new Date(), log, signal: bounded });
  };
  await retryFor(ensureAll, {
    seconds: variables.GATEFLEET_WAIT_SECONDS,
    firstMs: 500,
    lastMs: 5_000,
    isRetryable: (error) => error instanceof KubernetesError && (error.isRetryable || error.code === 409),
    onRetry: (error) => log.info({ err: error }, 'waiting for the API server'),
    signal,
  });
}

async function ensureKey(
  api: CoreV1Api,
  secret: { namespace: string; name: string },
  log: Logger,
  signal: AbortSignal,
): Promise<void> {
  const { namespace, name } = secret;
  const doing = `reading Secret ${namespace}/${name}`;
  const present = await call(doing, () => api.readNamespacedSecret(secret), signal).catch(unless(404));
  if (present !== undefined) {
    const keys = present.data?.[encryptionKeySecret.listedIn] ?? '';
    new RecordCipher(Buffer.from(keys, 'base64').toString('utf8'), `Secret ${namespace}/${name}`);
    log.info({ namespace, key: name }, 'the Secret is there already');
    return;
  }
  await create(api, namespace, { ...encryptionKeySecret, name }, log, signal);
}

async function create(
  api: CoreV1Api,
  namespace: string,
  { name, fresh, contentOf }: Pick<ClusterSecret, 'name' | 'fresh' | 'contentOf'>,
  log: Logger,
  signal: AbortSignal,
): Promise<void> {
  const body = {
    metadata: { name, namespace, labels: { 'app.kubernetes.io/part-of': 'gatefleet' } },
    type: 'Opaque',
    // Not immutable: kubelet would go on giving the old content to every Pod of a node that has one with it.
    stringData: { ...contentOf([fresh()]) },
  };
  const doing = `creating Secret ${namespace}/${name}`;
  const created = await call(doing, () => api.createNamespacedSecret({ namespace, body }), signal).catch(unless(409));
  log.info({ namespace, key: name }, created === undefined ? 'the Secret is there already' : 'made the Secret');
}

function unless(status: number): (error: unknown) => undefined {
  return (error) => {
    if (error instanceof KubernetesError && error.code === status) return undefined;
    throw error;
  };
}
