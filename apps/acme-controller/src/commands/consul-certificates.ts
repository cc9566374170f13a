import { CoreV1Api, type KubeConfig } from '@kubernetes/client-node';
import type { ConsulCertificatesVariables } from '../config/environment.ts';
import { keepCertificates } from '../consul-certificates/keep-certificates.ts';
import { KubernetesError } from '../kubernetes/errors.ts';
import type { Logger } from '../log.ts';
import { retryFor } from '../retry.ts';

/** Replaces the certificates of Consul's servers and their CA where that is due, or wished for. @throws KubernetesError, ConfigError */
export async function consulCertificates(
  variables: ConsulCertificatesVariables,
  { config, log, signal }: { config: KubeConfig; log: Logger; signal: AbortSignal },
): Promise<void> {
  const api = config.makeApiClient(CoreV1Api);
  const { POD_NAMESPACE: namespace, GATEFLEET_ROTATION_STEP: step } = variables;
  await retryFor((bounded) => keepCertificates({ api, namespace, now: new Date(), step, log, signal: bounded }), {
    seconds: variables.GATEFLEET_WAIT_SECONDS,
    firstMs: 500,
    lastMs: 5_000,
    isRetryable: (error) => error instanceof KubernetesError && (error.isRetryable || error.code === 409),
    onRetry: (error) => log.info({ err: error }, 'trying again'),
    signal,
  });
}
