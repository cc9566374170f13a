import { randomBytes } from 'node:crypto';
import { CoreV1Api, type KubeConfig } from '@kubernetes/client-node';
import { RecordCipher } from '../cipher/record-cipher.ts';
import type { CreateSecretsVariables } from '../config/environment.ts';
import { call } from '../kubernetes/call.ts';
import { KubernetesError } from '../kubernetes/errors.ts';
import type { Logger } from '../log.ts';
import { retryFor } from '../retry.ts';

const KEY = 'key';

/**
 * Makes the Secret with the encryption key if there is none. One that is there is checked and left alone: what it sealed could not be opened
 * with another.
 * @throws KubernetesError, or CipherError `BAD_KEY` for a Secret that is there and bad
 */
export async function createSecrets(
  variables: CreateSecretsVariables,
  { config, log, signal }: { config: KubeConfig; log: Logger; signal: AbortSignal },
): Promise<void> {
  const api = config.makeApiClient(CoreV1Api);
  const { POD_NAMESPACE: namespace, GATEFLEET_SECRET_NAME: name } = variables;
  await retryFor((bounded) => ensure(api, { namespace, name }, log, bounded), {
    seconds: variables.GATEFLEET_WAIT_SECONDS,
    firstMs: 500,
    lastMs: 5_000,
    isRetryable: (error) => error instanceof KubernetesError && error.isRetryable,
    onRetry: (error) => log.info({ err: error }, 'waiting for the API server'),
    signal,
  });
}

async function ensure(
  api: CoreV1Api,
  secret: { namespace: string; name: string },
  log: Logger,
  signal: AbortSignal,
): Promise<void> {
  const { namespace, name } = secret;
  const doing = `Secret ${namespace}/${name}`;
  const present = await call(`reading ${doing}`, () => api.readNamespacedSecret(secret), signal).catch(unless(404));
  if (present !== undefined) {
    new RecordCipher(Buffer.from(present.data?.[KEY] ?? '', 'base64').toString('utf8'));
    log.info({ namespace, key: name }, 'the Secret is there already');
    return;
  }
  const body = {
    metadata: { name, namespace, labels: { 'app.kubernetes.io/part-of': 'gatefleet' } },
    type: 'Opaque',
    // Nobody, not even an administrator's slip, can change the key under what it sealed.
    immutable: true,
    stringData: { [KEY]: randomBytes(32).toString('base64') },
  };
  const created = await call(`creating ${doing}`, () => api.createNamespacedSecret({ namespace, body }), signal).catch(
    unless(409),
  );
  log.info({ namespace, key: name }, created === undefined ? 'the Secret is there already' : 'made the Secret');
}

function unless(status: number): (error: unknown) => undefined {
  return (error) => {
    if (error instanceof KubernetesError && error.code === status) return undefined;
    throw error;
  };
}
