import type { IngressSource } from '../kubernetes/ingress-source.ts';
import type { FollowGatewayLogs } from '../kubernetes/gateway-logs.ts';
import type { Logger } from '../log.ts';
import type { OnDemand } from '../wanted/plan-wanted.ts';
import { isRoutedByWildcard } from './is-routed-by-wildcard.ts';
import { OnDemandHosts, type Ask } from './on-demand-hosts.ts';
import { requestedHost } from './requested-host.ts';

export interface OnDemandOptions {
  readonly domains: readonly string[];
  readonly limit: number;
  readonly ask: Ask | undefined;
  readonly followLogs: FollowGatewayLogs;
}

export interface OnDemandDeps {
  readonly ingresses: IngressSource;
  readonly ingressClass: string;
  /** Some host may be had now that could not before. */
  readonly onChanged: () => void;
  readonly log: Logger;
}

/** Looks out for hosts that a wildcard serves and that nobody named. */
export function watchOnDemand(
  { domains, limit, ask, followLogs }: OnDemandOptions,
  { ingresses, ingressClass, onChanged, log }: OnDemandDeps,
  signal: AbortSignal,
): { readonly current: () => OnDemand; readonly done: Promise<void> } {
  const options = {
    domains,
    limit,
    ask,
    isRouted: (host: string) => isRoutedByWildcard(host, ingresses.current() ?? [], ingressClass),
    onAllowed: (host: string) => {
      log.info({ host }, 'a host that was seen may have a certificate');
      onChanged();
    },
    onFailed: (host: string, err: unknown) => log.warn({ err, host }, 'asking whether a host may have a certificate'),
  };
  const seen = new OnDemandHosts(options, signal);
  const onLine = (line: string) => {
    const host = requestedHost(line);
    if (host !== undefined) seen.see(host);
  };
  const current = () => {
    // What is listed by its name is seen when a rule has a wildcard for it.
    for (const domain of domains) seen.see(domain);
    return { hosts: [...seen.allowed], domains, limit };
  };
  return { current, done: followLogs(onLine, signal) };
}
