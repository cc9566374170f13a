import { z } from 'zod';
import { rotationSteps } from '../consul-certificates/plan-certificates.ts';
import { ConfigError } from './errors.ts';

type Variables = Readonly<Record<string, string | undefined>>;

const listOf = <T extends z.ZodType<unknown, string>>(item: T) =>
  z
    .string()
    .transform((text) =>
      text
        .split(',')
        .map((part) => part.trim())
        .filter((part) => part !== ''),
    )
    .pipe(z.array(item).min(1, 'name at least one'));
const whole = (min: number, max: number) =>
  z
    .string()
    .regex(/^\d{1,9}$/, 'use a whole number')
    .transform(Number)
    .pipe(z.number().min(min).max(max));
const port = whole(1, 65_535);
const address = z.url({ protocol: /^https?$/, error: 'use an http or https URL like https://consul:8501' });
const label = z.string().regex(/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/, 'use a Kubernetes name');

const subdomain = z
  .string()
  .max(253)
  .regex(/^[a-z0-9]([-.a-z0-9]*[a-z0-9])?$/, 'use a Kubernetes name');

const common = {
  POD_NAMESPACE: label.default('gatefleet'),
  LOG_LEVEL: z.enum(['debug', 'info', 'warn', 'error']).default('info'),
};
const consul = {
  GATEFLEET_CONSUL_ADDRESSES: listOf(address).prefault('https://consul:8501'),
  GATEFLEET_CONSUL_CA_FILE: z.string().min(1).default('/etc/gatefleet/consul-ca/ca.crt'),
  GATEFLEET_CONSUL_TOKEN_FILE: z.string().min(1).optional(),
};

const policyFile = z.string().min(1).default('/etc/gatefleet/certificate-policy.yaml');
const policies = { GATEFLEET_CONSUL_POLICIES_FOLDER: z.string().min(1).default('/etc/gatefleet/consul-policies') };

const ControllerVariables = z
  .object({
    ...common,
    ...consul,
    GATEFLEET_CONSUL_RESPONDER_TOKEN_FILE: z.string().min(1).optional(),
    GATEFLEET_CERTIFICATE_POLICY_FILE: policyFile,
    GATEFLEET_ENCRYPTION_KEY_FILE: z.string().min(1).default('/etc/gatefleet/encryption-key/keys'),
    GATEFLEET_INGRESS_CLASS: subdomain.default('traefik'),
    GATEFLEET_MAX_ORDERS: whole(1, 50).prefault('8'),
    GATEFLEET_GATEWAY_SERVICE: label.default('traefik'),
    GATEFLEET_GATEWAY_NETWORKS: listOf(z.union([z.cidrv4(), z.cidrv6()])).optional(),
    GATEFLEET_GATEWAY_PORT: port.prefault('8443'),
    GATEFLEET_GATEWAY_HTTP_PORT: port.prefault('8000'),
    GATEFLEET_CHALLENGE_PORT: port.prefault('8402'),
    GATEFLEET_STATUS_PORT: port.prefault('8403'),
    POD_NAME: z.string().min(1).max(253),
  })
  .refine(
    (given) =>
      (given.GATEFLEET_CONSUL_TOKEN_FILE === undefined) === (given.GATEFLEET_CONSUL_RESPONDER_TOKEN_FILE === undefined),
    { path: ['GATEFLEET_CONSUL_RESPONDER_TOKEN_FILE'], error: 'set both token files, or none' },
  );
export type ControllerVariables = z.infer<typeof ControllerVariables>;

const StoreconfigVariables = z
  .object({
    ...common,
    ...consul,
    GATEFLEET_CHALLENGE_URL: address.optional(),
    GATEFLEET_ENTRY_POINT: label.default('web'),
    GATEFLEET_HTTPS_PORT: port.prefault('443'),
    GATEFLEET_WAIT_SECONDS: whole(1, 3_600).prefault('300'),
  })
  .transform((variables) => ({
    ...variables,
    GATEFLEET_CHALLENGE_URL:
      variables.GATEFLEET_CHALLENGE_URL ?? `http://acme-controller.${variables.POD_NAMESPACE}.svc.cluster.local:8402`,
  }));
export type StoreconfigVariables = z.infer<typeof StoreconfigVariables>;

const ConsulAclVariables = z.object({
  ...common,
  ...consul,
  GATEFLEET_CONSUL_TOKEN_FILE: z.string().min(1).default('/etc/gatefleet/consul-management/tokens'),
  ...policies,
  GATEFLEET_CONSUL_TOKENS_FOLDER: z.string().min(1).default('/etc/gatefleet/consul-tokens'),
  GATEFLEET_GOSSIP_KEYS_FILE: z.string().min(1).default('/etc/gatefleet/consul-gossip/keys'),
  GATEFLEET_WAIT_SECONDS: whole(1, 3_600).prefault('300'),
});
export type ConsulAclVariables = z.infer<typeof ConsulAclVariables>;

const CreateSecretsVariables = z.object({
  ...common,
  ...policies,
  GATEFLEET_SECRET_NAME: label.default('gatefleet-encryption-key'),
  GATEFLEET_WAIT_SECONDS: whole(1, 3_600).prefault('300'),
});
export type CreateSecretsVariables = z.infer<typeof CreateSecretsVariables>;

const ConsulCertificatesVariables = z.object({
  ...common,
  GATEFLEET_ROTATION_STEP: z.enum(rotationSteps).optional(),
  GATEFLEET_WAIT_SECONDS: whole(1, 3_600).prefault('300'),
});
export type ConsulCertificatesVariables = z.infer<typeof ConsulCertificatesVariables>;

const BackupVariables = z.object({
  ...common,
  ...consul,
  GATEFLEET_CONSUL_TOKEN_FILE: z.string().min(1).default('/etc/gatefleet/consul-token/token'),
  GATEFLEET_CERTIFICATE_POLICY_FILE: policyFile,
  GATEFLEET_ENCRYPTION_KEY_FOLDER: z.string().min(1).default('/etc/gatefleet/encryption-key'),
  GATEFLEET_BACKUP_PASSPHRASE_FILE: z.string().min(1).default('/etc/gatefleet/backup-passphrase/passphrase'),
  GATEFLEET_BACKUP_FOLDER: z.string().min(1).default('/var/lib/gatefleet/backups'),
  GATEFLEET_BACKUP_KEEP: whole(1, 1_000).prefault('28'),
  GATEFLEET_BACKUP_UNLESS_WITHIN_SECONDS: whole(0, 604_800).prefault('0'),
  GATEFLEET_WAIT_SECONDS: whole(1, 3_600).prefault('300'),
});
export type BackupVariables = z.infer<typeof BackupVariables>;

/** @param hostName - who this is where `POD_NAME` does not say. @throws ConfigError that names every bad variable */
export function controllerVariables(env: Variables, hostName: string): ControllerVariables {
  return parse(ControllerVariables, { POD_NAME: hostName, ...withoutEmpty(env) });
}

export function storeconfigVariables(env: Variables): StoreconfigVariables {
  return parse(StoreconfigVariables, withoutEmpty(env));
}

export function consulAclVariables(env: Variables): ConsulAclVariables {
  return parse(ConsulAclVariables, withoutEmpty(env));
}

export function createSecretsVariables(env: Variables): CreateSecretsVariables {
  return parse(CreateSecretsVariables, withoutEmpty(env));
}

export function consulCertificatesVariables(env: Variables): ConsulCertificatesVariables {
  return parse(ConsulCertificatesVariables, withoutEmpty(env));
}

export function backupVariables(env: Variables): BackupVariables {
  return parse(BackupVariables, withoutEmpty(env));
}

/** Manifests set a variable to nothing where they mean its default. */
function withoutEmpty(env: Variables): Variables {
  return Object.fromEntries(Object.entries(env).filter(([, value]) => value !== undefined && value !== ''));
}

function parse<T>(schema: z.ZodType<T>, env: Variables): T {
  const parsed = schema.safeParse(env);
  if (parsed.success) return parsed.data;
  const faults = parsed.error.issues.map((issue) => {
    const name = String(issue.path[0]);
    return env[name] === undefined ? `${name} is not set` : `${issue.path.map(String).join('.')}: ${issue.message}`;
  });
  throw new ConfigError(`reading the environment: ${faults.join('; ')}`, {
    hint: 'the README of acme-controller lists every variable',
  });
}
