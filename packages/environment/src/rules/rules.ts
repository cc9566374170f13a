import {
  credentialsAreWhole,
  httpChallengeIsReachable,
  issuersAreDistinct,
  oneDnsProvider,
  preflightIsForHttp,
  onDemandIsBounded,
} from './certificates.ts';
import {
  hostPortsNeedHostPorts,
  nodePortsNeedNodePort,
  clientsAreTold,
  proxyProtocolNeedsProxies,
  sourceRangesNeedLoadBalancer,
} from './exposure.ts';
import { preloadNeedsAYear } from './hsts.ts';
import { componentsAreDistinct, domainsAreDistinct, nameEqualsFolder, namespaceIsOurs } from './identity.ts';
import { daemonSetRollsOneWay, rolloutCanMove, spreadNeedsDeployment, tolerationsAreWhole } from './placement.ts';
import { promotionIsFromAnother, promotionMovesItsBranch } from './promotion.ts';
import { requestsAreWithinLimits } from './resources.ts';
import type { Rule } from './rule.ts';
import { daemonSetHasNoScale, minAtMostMax, replicasExcludeAutoscaling, stabilizationIsShort } from './scale.ts';
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
  stabilizationIsShort,
  requestsAreWithinLimits,
  sourceRangesNeedLoadBalancer,
  nodePortsNeedNodePort,
  hostPortsNeedHostPorts,
  proxyProtocolNeedsProxies,
  clientsAreTold,
  preloadNeedsAYear,
  rolloutCanMove,
  daemonSetRollsOneWay,
  spreadNeedsDeployment,
  tolerationsAreWhole,
  oneDnsProvider,
  preflightIsForHttp,
  credentialsAreWhole,
  issuersAreDistinct,
  onDemandIsBounded,
  httpChallengeIsReachable,
  componentsAreDistinct,
  promotionIsFromAnother,
  promotionMovesItsBranch,
];
