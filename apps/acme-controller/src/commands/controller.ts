import { readFile } from 'node:fs/promises';
import { connectCa, systemClock, type IssuerOptions, type OnCheckpoint } from '@gatefleet/acme';
import { fingerprint } from '@gatefleet/certificate-commands';
import type { PodEnvironment } from '@gatefleet/dns-challenge';
import type { KvStore } from '@gatefleet/consul-kv';
import { followKeys, refuseUnreadable } from '../cipher/follow-keys.ts';
import { readCipher } from '../cipher/record-cipher.ts';
import { openDns } from '../challenge/open-dns.ts';
import { addressFinder } from '../challenge/preflight/addresses-of.ts';
import { httpPreflight } from '../challenge/preflight/preflight.ts';
import { ProbeTokens } from '../challenge/preflight/probe-tokens.ts';
import { keepFound } from '../challenge/found-challenges.ts';
import { gatewayReadiness } from '../challenge/gateway-readiness.ts';
import { challengeResponder } from '../challenge/responder.ts';
import {
  readCertificateSettings,
  type CertificateSettings,
  type IssuerSettings,
} from '../config/certificate-policy.ts';
import type { ControllerVariables } from '../config/environment.ts';
import { ConfigError } from '../config/errors.ts';
import type { CommandInbox } from '../kubernetes/command-inbox.ts';
import type { NoticeBoard } from '../kubernetes/notice-board.ts';
import type { TransferBox } from '../kubernetes/transfer-box.ts';
import type { ListGateways } from '../kubernetes/gateway-list.ts';
import type { FollowGatewayLogs } from '../kubernetes/gateway-logs.ts';
import type { IngressSource } from '../kubernetes/ingress-source.ts';
import { askUrl } from '../on-demand/ask-url.ts';
import type { OnDemandOptions } from '../on-demand/watch-on-demand.ts';
import { campaign } from '../leadership/campaign.ts';
import type { Logger } from '../log.ts';
import { leadTerm } from '../reconcile/lead-term.ts';
import { certificatesReport } from '../status/certificates-report.ts';
import { listen } from '../status/http-server.ts';
import { Metrics } from '../status/metrics.ts';
import { persistIssuers } from '../status/persist-issuers.ts';
import { statusListener } from '../status/status-server.ts';
import { loadChallenge } from '../store/challenges.ts';
import { LEADER } from '../store/keys.ts';
import { knownFormats as formats } from '../store/known-formats.ts';
import { openRecords } from '../store/open-records.ts';
import { readSealedWith } from '../store/sealed-with.ts';

/** The world outside, as {@link controller} sees it. */
export interface ControllerDeps {
  readonly store: KvStore;
  /** The store as the responder sees it, which the Internet talks to: with the right to read a challenge, and no other. */
  readonly challenges: KvStore;
  /** The tokens that these two show just now, by the component in Consul that each is of. @defaultValue none */
  readonly tokens?: () => Promise<ReadonlyMap<string, string>>;
  readonly ingresses: IngressSource & { run(signal: AbortSignal): Promise<void> };
  readonly notices: NoticeBoard;
  readonly inbox: CommandInbox & { run(signal: AbortSignal): Promise<void> };
  readonly box: TransferBox;
  readonly listGateways: ListGateways;
  /** Followed where hosts are served on demand. @defaultValue nothing is seen in them */
  readonly followLogs?: FollowGatewayLogs;
  /** For credentials of the Pod's own identity. @defaultValue none */
  readonly environment?: PodEnvironment;
  readonly log: Logger;
  /** Where to listen. @defaultValue all addresses */
  readonly host?: string;
  /** Told of each step of each order, and awaited. @defaultValue nothing */
  readonly onCheckpoint?: OnCheckpoint;
  /** How many times faster than in service renewals are asked about and begun. @defaultValue 1 */
  readonly haste?: number | undefined;
  readonly signal: AbortSignal;
}

/** Runs one replica until `signal`. Answers challenges and tells its state from the first moment, leading or not. */
export async function controller(variables: ControllerVariables, deps: ControllerDeps): Promise<void> {
  const { store, ingresses, notices, inbox, log, host, signal } = deps;
  const cipher = await readCipher(variables.GATEFLEET_ENCRYPTION_KEY_FILE);
  const settings = await readCertificateSettings(variables.GATEFLEET_CERTIFICATE_POLICY_FILE);
  const issuers = await Promise.all(settings.issuers.map((issuer) => connectIssuer(issuer, settings.email)));
  const limits = new Map(settings.issuers.map((issuer) => [issuer.directoryUrl, issuer.limits]));
  const metrics = new Metrics((directoryUrl) => limits.get(directoryUrl) ?? {});
  const records = openRecords(store, cipher, formats, log);
  const { domains: zones, tenancy, quotas } = settings;
  const { dns, persist } = openDns(settings, { environment: deps.environment });
  const scope = {
    zones,
    tenancy,
    quotas,
    wildcards: settings.challenge.type !== 'http-01',
    ingressClass: variables.GATEFLEET_INGRESS_CLASS,
  };

  const onDemand = onDemandOf(settings, deps.followLogs);
  const tokens = new ProbeTokens(
    () => cipher.keysFor('preflight'),
    () => systemClock.now(),
  );
  const responder = challengeResponder({
    answerOf: (token) => tokens.answerOf(token),
    load: keepFound(
      (token, limit) => loadChallenge(deps.challenges, token, limit),
      () => performance.now(),
    ),
    now: () => systemClock.now(),
    onAnswer: (status) => metrics.challengeAnswered(status),
    log,
  });
  let canRead = false;
  const status = statusListener({
    notReady: async (limit) => {
      if (ingresses.current() === undefined) return 'the Ingresses are not listed yet';
      return store.get(LEADER, limit).then(
        () => (canRead ? undefined : 'it is not known yet whether the records can be read'),
        () => 'Consul does not answer',
      );
    },
    report: (limit) =>
      certificatesReport(
        {
          ...records,
          ...scope,
          onDemandPolicy: onDemand,
          persistIssuers:
            persist &&
            ((by) => persistIssuers({ cas: issuers.map(({ ca }) => ca), accounts: records.accounts, log }, by)),
          store,
          ingresses,
          listGateways: deps.listGateways,
          issuers: settings.issuers,
        },
        limit,
      ),
    keys: async (limit) => {
      const tokens = (await deps.tokens?.()) ?? new Map<string, string>();
      return {
        encryption: { opens: [...cipher.keyIds], sealedWith: [...(await readSealedWith(store, limit)).keys] },
        tokens: Object.fromEntries([...tokens].map(([component, token]) => [component, fingerprint(token)])),
      };
    },
    registry: metrics.registry,
    log,
  });
  const servers = [
    await listen(responder, variables.GATEFLEET_CHALLENGE_PORT, host),
    await listen(status, variables.GATEFLEET_STATUS_PORT, host),
  ];
  const lead = leadTerm({
    ...scope,
    onDemand,
    issuers,
    dns,
    persist,
    preflight:
      settings.preflight &&
      httpPreflight({
        networks: [...settings.preflight.networks, ...(variables.GATEFLEET_GATEWAY_NETWORKS ?? [])],
        tokens,
        findAddresses: addressFinder(),
      }),
    profile: settings.profile,
    retentionMs: settings.retentionMs,
    readiness: gatewayReadiness(deps.listGateways, variables.GATEFLEET_GATEWAY_HTTP_PORT, systemClock),
    store,
    cipher,
    formats,
    records,
    ingresses,
    notices,
    inbox,
    box: deps.box,
    metrics,
    clock: systemClock,
    maxOrders: variables.GATEFLEET_MAX_ORDERS,
    log,
    onCheckpoint: deps.onCheckpoint,
    haste: deps.haste,
  });
  const onLeading = (isLeading: boolean) => metrics.leading(isLeading);
  const keys = { file: variables.GATEFLEET_ENCRYPTION_KEY_FILE, cipher, store, log };
  const work = async () => {
    await refuseUnreadable({ ...keys, formats }, signal);
    canRead = true;
    await Promise.all([
      followKeys(keys, signal),
      campaign({ store, identity: variables.POD_NAME, log, lead, onLeading }, signal),
    ]);
  };
  const unlessOver = (error: unknown) => {
    if (!signal.aborted) throw error;
  };
  try {
    await Promise.all([ingresses.run(signal), inbox.run(signal), work().catch(unlessOver)]);
  } finally {
    await Promise.all(servers.map((server) => server.close()));
  }
}

function onDemandOf(
  { onDemand }: CertificateSettings,
  followLogs: FollowGatewayLogs = async () => undefined,
): OnDemandOptions | undefined {
  if (onDemand === undefined) return undefined;
  const { hosts, ask, limit } = onDemand;
  return { domains: hosts, limit, ask: ask === undefined ? undefined : askUrl(ask), followLogs };
}

async function connectIssuer(
  { directoryUrl, caBundleFile, externalAccount, limits }: IssuerSettings,
  email: string,
): Promise<IssuerOptions> {
  const caBundle = caBundleFile && (await readMounted(caBundleFile, 'the CA bundle', 'the ConfigMap of caBundle'));
  const macKey =
    externalAccount &&
    (await readMounted(externalAccount.macKeyFile, 'the MAC key', 'the Secret of externalAccountBinding'));
  return {
    ca: connectCa({ directoryUrl, ...(caBundle !== undefined && { caBundle }) }),
    contact: [`mailto:${email}`],
    limits,
    ...(externalAccount && macKey && { externalAccount: { keyId: externalAccount.keyId, macKey: macKey.trim() } }),
  };
}

async function readMounted(file: string, what: string, from: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (cause) {
    throw new ConfigError(`reading ${what} from ${file}`, { hint: `it is mounted from ${from}`, cause });
  }
}
