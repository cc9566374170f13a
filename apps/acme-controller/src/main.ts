import { hostname } from 'node:os';
import { TransferError } from '@gatefleet/certificate-transfer';
import {
  ConsulAcl,
  ConsulKeyring,
  ConsulKvStore,
  KvError,
  caFromFile,
  readSnapshot,
  tokenFromFile,
} from '@gatefleet/consul-kv';
import { DnsChallengeError } from '@gatefleet/dns-challenge';
import { readTokens } from './acl/read-components.ts';
import { CipherError } from './cipher/record-cipher.ts';
import { backup } from './commands/backup.ts';
import { consulAcl } from './commands/consul-acl.ts';
import { consulCertificates } from './commands/consul-certificates.ts';
import { controller } from './commands/controller.ts';
import { createSecrets } from './commands/create-secrets.ts';
import { gossipRing } from './commands/gossip-ring.ts';
import { storeconfig } from './commands/storeconfig.ts';
import { readEnvironmentName } from './config/certificate-policy.ts';
import {
  backupVariables,
  consulAclVariables,
  consulCertificatesVariables,
  controllerVariables,
  createSecretsVariables,
  storeconfigVariables,
} from './config/environment.ts';
import { ConfigError } from './config/errors.ts';
import { KubernetesCommandInbox } from './kubernetes/command-inbox.ts';
import { KubernetesError } from './kubernetes/errors.ts';
import { KubernetesNoticeBoard } from './kubernetes/notice-board.ts';
import { KubernetesGateways } from './kubernetes/gateway-list.ts';
import { kubernetesGatewayLogs } from './kubernetes/gateway-logs.ts';
import { KubernetesIngressSource } from './kubernetes/ingress-source.ts';
import { KubernetesTransferBox } from './kubernetes/transfer-box.ts';
import { kubeConfig } from './kubernetes/kube-config.ts';
import { createLogger, type Logger } from './log.ts';

const { env } = process;
const stop = new AbortController();
const { signal } = stop;
for (const name of ['SIGTERM', 'SIGINT'] as const) process.once(name, () => stop.abort(new Error(`got ${name}`)));

interface StoreVariables {
  readonly GATEFLEET_CONSUL_ADDRESSES: readonly string[];
  readonly GATEFLEET_CONSUL_CA_FILE: string;
  readonly GATEFLEET_CONSUL_TOKEN_FILE?: string | undefined;
}

const tokenOf = (file: string | undefined) => (file === undefined ? undefined : tokenFromFile(file));

function openStore(
  variables: StoreVariables,
  log: Logger,
  token = tokenOf(variables.GATEFLEET_CONSUL_TOKEN_FILE),
): ConsulKvStore {
  return new ConsulKvStore({
    addresses: variables.GATEFLEET_CONSUL_ADDRESSES,
    ca: caFromFile(variables.GATEFLEET_CONSUL_CA_FILE),
    token,
    onWatchRetry: (error) => log.warn({ err: error }, 'watching the store again'),
  });
}

const commands: Readonly<Record<string, () => Promise<void>>> = {
  async controller() {
    const variables = controllerVariables(env, hostname());
    const log = createLogger(variables.LOG_LEVEL);
    const config = kubeConfig(env);
    const gateways = new KubernetesGateways(config, {
      namespace: variables.POD_NAMESPACE,
      service: variables.GATEFLEET_GATEWAY_SERVICE,
      port: variables.GATEFLEET_GATEWAY_PORT,
      log,
    });
    const logs = { namespace: variables.POD_NAMESPACE, container: 'traefik', list: gateways.list };
    const leader = tokenOf(variables.GATEFLEET_CONSUL_TOKEN_FILE);
    const responder = tokenOf(variables.GATEFLEET_CONSUL_RESPONDER_TOKEN_FILE);
    const running = controller(variables, {
      environment: env,
      store: openStore(variables, log, leader),
      challenges: openStore(variables, log, responder),
      async tokens() {
        const each = Object.entries({ leader: await leader?.(), responder: await responder?.() });
        return new Map(each.filter((one): one is [string, string] => one[1] !== undefined));
      },
      ingresses: new KubernetesIngressSource(config, log),
      notices: new KubernetesNoticeBoard(config, variables.POD_NAME, log),
      inbox: new KubernetesCommandInbox(config, variables.POD_NAMESPACE, log),
      box: new KubernetesTransferBox(config, variables.POD_NAMESPACE),
      listGateways: gateways.list,
      followLogs: kubernetesGatewayLogs(config, { ...logs, log }),
      log,
      signal,
    });
    await Promise.all([running, gateways.run(signal)]);
  },

  async storeconfig() {
    const variables = storeconfigVariables(env);
    const log = createLogger(variables.LOG_LEVEL);
    await storeconfig(variables, { store: openStore(variables, log), log, signal });
  },

  async 'consul-acl'() {
    const variables = consulAclVariables(env);
    const log = createLogger(variables.LOG_LEVEL);
    const management = () => readTokens(variables.GATEFLEET_CONSUL_TOKEN_FILE, 'the Secret consul-management-token');
    const consul = {
      addresses: variables.GATEFLEET_CONSUL_ADDRESSES,
      ca: caFromFile(variables.GATEFLEET_CONSUL_CA_FILE),
      token: async () => (await management())[0],
    };
    await consulAcl(variables, { acl: new ConsulAcl(consul), management, log, signal });
    await gossipRing(variables, { keyring: new ConsulKeyring(consul), log, signal });
  },

  async backup() {
    const variables = backupVariables(env);
    const consul = {
      addresses: variables.GATEFLEET_CONSUL_ADDRESSES,
      ca: caFromFile(variables.GATEFLEET_CONSUL_CA_FILE),
      token: tokenFromFile(variables.GATEFLEET_CONSUL_TOKEN_FILE),
    };
    await backup(variables, {
      environment: await readEnvironmentName(variables.GATEFLEET_CERTIFICATE_POLICY_FILE),
      readSnapshot: (bounded) => readSnapshot(consul, bounded),
      now: () => new Date(),
      log: createLogger(variables.LOG_LEVEL),
      signal,
    });
  },

  async 'create-secrets'() {
    const variables = createSecretsVariables(env);
    await createSecrets(variables, { config: kubeConfig(env), log: createLogger(variables.LOG_LEVEL), signal });
  },

  async 'consul-certificates'() {
    const variables = consulCertificatesVariables(env);
    const log = createLogger(variables.LOG_LEVEL);
    await consulCertificates(variables, { config: kubeConfig(env), log, signal });
  },
};

/** 2: what the user gave; 1: what the world did; 70: our fault. */
function exitCode(error: unknown): number {
  if (error instanceof ConfigError || (error instanceof CipherError && error.code !== 'BAD_RECORD')) return 2;
  const isExpected = [CipherError, DnsChallengeError, KvError, KubernetesError, TransferError].some(
    (kind) => error instanceof kind,
  );
  return isExpected || hasSystemCode(error) ? 1 : 70;
}

/** Of Node itself, for instance a port that is taken. */
function hasSystemCode(error: unknown): boolean {
  return error instanceof Error && 'syscall' in error;
}

const [name = 'controller', ...rest] = process.argv.slice(2);
const log = createLogger('info');
try {
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (command === undefined || rest.length > 0) {
    throw new ConfigError(
      `running "${[name, ...rest].join(' ')}": the commands are ${Object.keys(commands).join(', ')}`,
    );
  }
  await command();
} catch (error) {
  if (!signal.aborted) {
    log.fatal({ err: error, command: name }, 'ended');
    process.exitCode = exitCode(error);
  }
}
// Connections that are kept for reuse must not hold up the end.
process.exit();
