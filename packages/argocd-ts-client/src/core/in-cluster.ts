import type { Application } from '../applications.ts';
import { unsupported } from '../errors.ts';

const ownAddress = 'https://kubernetes.default.svc';

/** What an application deployed to another cluster is not to be seen here. @throws ArgoCdError `UNSUPPORTED` */
export function requireInCluster(what: string, { spec }: Application): void {
  const { name, server } = spec?.destination ?? {};
  if (name === 'in-cluster' || server === ownAddress) return;
  throw unsupported(`${what}, which is in another cluster (${name ?? server ?? 'unknown'})`);
}
