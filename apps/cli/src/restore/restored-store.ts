import { setTimeout as sleep } from 'node:timers/promises';
import { ensureTools } from '@gatefleet/toolchain';
import { CliError } from '../errors.ts';
import type { Kubernetes } from '../kubernetes.ts';
import { runProgram } from '../run-program.ts';
import { contextArguments } from '../up/bootstrap.ts';

/** Consul of one environment, in its cluster, as one who may do everything there reaches it. Every method throws CliError. */
export interface RestoredStore {
  /** The namespace, where there is none yet. */
  ensureNamespace(): Promise<void>;
  /** Whether it has any now. False too for a store that knows other tokens than this cluster's: a restore that was broken off. */
  hasCertificates(): Promise<boolean>;
  /** Makes the Secret with the key where there is none. @returns whether it has this key now */
  keepEncryptionKey(key: EncryptionKey): Promise<boolean>;
  /** Makes the Secret with the passphrase of snapshots where there is none, so that the one that an operator keeps stays the right one. */
  keepPassphrase(passphrase: string): Promise<void>;
  /** Gives the Secret this key, and the controllers a new start with it. */
  replaceEncryptionKey(key: EncryptionKey): Promise<void>;
  /** Brings Consul to an archive of its own. */
  restore(archive: AsyncIterable<Buffer>): Promise<void>;
  /** Has `consul-acl` make Consul know the tokens that the Secrets of this cluster hold. */
  registerTokens(): Promise<void>;
}

/** A Secret's content by its keys. */
type EncryptionKey = Readonly<Record<string, string>>;

interface Secret {
  readonly data?: Readonly<Record<string, string>>;
}

interface Job {
  readonly metadata: { readonly name: string };
  readonly spec: { readonly template: object; readonly [field: string]: unknown };
  readonly status?: { readonly succeeded?: number; readonly conditions?: readonly { readonly type: string }[] };
}

const keySecret = 'gatefleet-encryption-key';
/** Of the controllers, in whose memory the key is. */
const controller = 'acme-controller';

export async function openRestoredStore(
  kubernetes: Kubernetes,
  namespace: string,
  signal: AbortSignal,
): Promise<RestoredStore> {
  const { kubectl } = await ensureTools(['kubectl'], { signal });
  const run = (args: readonly string[], input?: AsyncIterable<Buffer>) =>
    runProgram(kubectl.path, [...contextArguments(kubernetes.context), '--namespace', namespace, ...args], {
      signal,
      ...(input !== undefined && { input }),
    });
  const consul = (command: readonly string[], input?: AsyncIterable<Buffer>) => {
    const token = '-token-file=/consul/config/secrets/management';
    const [verb = '', noun = '', ...rest] = command;
    const stdin = input === undefined ? [] : ['--stdin'];
    return run(['exec', ...stdin, 'consul-0', '--container=consul', '--', 'consul', verb, noun, token, ...rest], input);
  };
  const secrets = `/api/v1/namespaces/${namespace}/secrets`;
  const jobs = `/apis/batch/v1/namespaces/${namespace}/jobs`;
  const createSecret = (name: string, data: Readonly<Record<string, string>>) =>
    kubernetes.create(
      secrets,
      {
        apiVersion: 'v1',
        kind: 'Secret',
        metadata: { name, labels: { 'app.kubernetes.io/part-of': 'gatefleet' } },
        type: 'Opaque',
        stringData: data,
      },
      signal,
    );

  return {
    async ensureNamespace() {
      const body = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } };
      await kubernetes.create('/api/v1/namespaces', body, signal).catch(unlessStatus(409));
    },
    async hasCertificates() {
      try {
        return (await consul(['kv', 'get', '-keys', 'gatefleet/certificates/'])).trim() !== '';
      } catch (error) {
        if (error instanceof CliError && /ACL not found/i.test(error.message)) return false;
        throw error;
      }
    },
    async keepEncryptionKey(key) {
      if ((await createSecret(keySecret, key).catch(unlessStatus(409))) !== undefined) return true;
      const { data = {} } = (await kubernetes.read(`${secrets}/${keySecret}`, signal)) as Secret;
      const held = Object.entries(data).map(([name, value]) => [name, Buffer.from(value, 'base64').toString()]);
      return JSON.stringify(held.toSorted()) === JSON.stringify(Object.entries(key).toSorted());
    },
    async keepPassphrase(passphrase) {
      await createSecret('gatefleet-backup-passphrase', { passphrase }).catch(unlessStatus(409));
    },
    async replaceEncryptionKey(key) {
      await kubernetes.remove(`${secrets}/${keySecret}`);
      await createSecret(keySecret, key);
      // So that none goes on with the key that it has read.
      const replicas = await run([
        'get',
        'deployment',
        controller,
        '--output=jsonpath={.spec.replicas}',
        '--ignore-not-found',
      ]);
      if (replicas === '') return;
      const pods = ['pods', `--selector=app.kubernetes.io/name=${controller}`];
      await run(['scale', 'deployment', controller, '--replicas=0']);
      await run(['wait', '--for=delete', ...pods, '--timeout=2m']);
      await run(['scale', 'deployment', controller, `--replicas=${replicas}`]);
    },
    async restore(archive) {
      await consul(['snapshot', 'restore', '/dev/stdin'], archive);
    },
    async registerTokens() {
      const { spec } = (await kubernetes.read(`${jobs}/consul-acl`, signal)) as Job;
      const made = (await kubernetes.create(jobs, copyOf(spec), signal)) as Job;
      const path = `${jobs}/${made.metadata.name}`;
      try {
        for (;;) {
          const { status } = (await kubernetes.read(path, signal)) as Job;
          if ((status?.succeeded ?? 0) > 0) return;
          if (status?.conditions?.some(({ type }) => type === 'Failed') === true) {
            throw new CliError(
              'COMMAND_FAILED',
              `registering the tokens of this cluster: Job ${made.metadata.name} failed`,
              {
                hint: `kubectl --namespace ${namespace} logs --selector job-name=${made.metadata.name}; then repeat`,
              },
            );
          }
          await sleep(500, undefined, { signal });
        }
      } finally {
        await kubernetes.remove(`${path}?propagationPolicy=Background`);
      }
    },
  };
}

/** A Job of the same Pods, without what the API server wrote into the first one. */
function copyOf({ template, backoffLimit, activeDeadlineSeconds }: Job['spec']): object {
  const { metadata, spec } = template as { metadata: { labels: Record<string, string> }; spec: object };
  const labels = Object.entries(metadata.labels).filter(([key]) => !/job-name|controller-uid/.test(key));
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { generateName: 'consul-acl-' },
    spec: { backoffLimit, activeDeadlineSeconds, template: { metadata: { labels: Object.fromEntries(labels) }, spec } },
  };
}

function unlessStatus(status: number): (error: unknown) => undefined {
  return (error) => {
    if (error instanceof CliError && error.message.includes(`status ${status}`)) return undefined;
    throw error;
  };
}
