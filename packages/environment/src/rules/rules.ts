import {
  credentialsAreWhole,
  httpChallengeIsReachable,
  issuersAreDistinct,
  oneDnsProvider,
  onDemandIsBounded,
} from './certificates.ts';
import {
  hostPortsNeedHostPorts,
  nodePortsNeedNodePort,
  proxyProtocolNeedsProxies,
  sourceRangesNeedLoadBalancer,
} from './exposure.ts';
import { componentsAreDistinct, domainsAreDistinct, nameEqualsFolder, namespaceIsOurs } from './identity.ts';
import { rolloutCanMove, spreadNeedsDeployment, tolerationsAreWhole } from './placement.ts';
import type { Rule } from './rule.ts';
import { daemonSetHasNoScale, minAtMostMax, replicasExcludeAutoscaling } from './scale.ts';
import { tenancyIsInsideDomains } from './tenancy.ts';

/** Every rule; the order is the order in which their findings of one line are shown. */
export const rules: readonly Rule[] = [
  nameEqualsFolder,
  namespaceIsOurs,
  domainsAreDistinct,
  tenancyIsInsideDomains,
  replicasExcludeAutoscaling,
  daemonSetHasNoScale,
  minAtMostMax,
  sourceRangesNeedLoadBalancer,
  nodePortsNeedNodePort,
  hostPortsNeedHostPorts,
  proxyProtocolNeedsProxies,
  rolloutCanMove,
  spreadNeedsDeployment,
  tolerationsAreWhole,
  oneDnsProvider,
  credentialsAreWhole,
  issuersAreDistinct,
  onDemandIsBounded,
  httpChallengeIsReachable,
  componentsAreDistinct,
];
