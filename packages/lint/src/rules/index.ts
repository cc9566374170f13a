import type { Rule } from '../rule.ts';
import { generatedStale } from './silent/generated-stale.ts';
import { imageOverrideMatches } from './silent/image-override-matches.ts';
import { patchKindApplies } from './silent/patch-kind-applies.ts';
import { patchTargetMatches } from './silent/patch-target-matches.ts';
import { referenceExists } from './silent/reference-exists.ts';
import { replicasTargetMatches } from './silent/replicas-target-matches.ts';
import { unusedComponent } from './silent/unused-component.ts';
import { apiVersionServed } from './schema/api-version-served.ts';
import { kindKnown } from './schema/kind-known.ts';
import { schemaValid } from './schema/schema-valid.ts';
import { autoscalerTargetExists } from './references/autoscaler-target-exists.ts';
import { budgetSelectsPods } from './references/budget-selects-pods.ts';
import { configMapExists } from './references/config-map-exists.ts';
import { ingressBackendExists } from './references/ingress-backend-exists.ts';
import { networkPolicyPeerExists } from './references/network-policy-peer-exists.ts';
import { networkPolicyPortExists } from './references/network-policy-port-exists.ts';
import { networkPolicySelectsPods } from './references/network-policy-selects-pods.ts';
import { probePortExists } from './references/probe-port-exists.ts';
import { roleExists } from './references/role-exists.ts';
import { secretHasMaker } from './references/secret-has-maker.ts';
import { selectorMatchesTemplate } from './references/selector-matches-template.ts';
import { serviceAccountExists } from './references/service-account-exists.ts';
import { servicePortExists } from './references/service-port-exists.ts';
import { serviceSelectsPods } from './references/service-selects-pods.ts';
import { spreadSelectsItself } from './references/spread-selects-itself.ts';
import { statefulSetServiceExists } from './references/stateful-set-service-exists.ts';
import { volumeExists } from './references/volume-exists.ts';
import { quorumHasNodes } from './quorum/quorum-has-nodes.ts';
import { quorumIsExpected } from './quorum/quorum-is-expected.ts';
import { quorumIsOdd } from './quorum/quorum-is-odd.ts';
import { quorumIsSpread } from './quorum/quorum-is-spread.ts';
import { quorumSurvivesEviction } from './quorum/quorum-survives-eviction.ts';
import { quorumSurvivesRollout } from './quorum/quorum-survives-rollout.ts';
import { autoscalerHasRequests } from './availability/autoscaler-has-requests.ts';
import { budgetAllowsEviction } from './availability/budget-allows-eviction.ts';
import { gatewayHasReplicas } from './availability/gateway-has-replicas.ts';
import { gatewayIsSpread } from './availability/gateway-is-spread.ts';
import { hostPortsCanRoll } from './availability/host-ports-can-roll.ts';
import { oneAcmeWriter } from './availability/one-acme-writer.ts';
import { rolloutKeepsServing } from './availability/rollout-keeps-serving.ts';
import { budgetFitsKind } from './kind-switch/budget-fits-kind.ts';
import { daemonSetHasNoLeftovers } from './kind-switch/daemon-set-has-no-leftovers.ts';
import { containerHasResources } from './security/container-has-resources.ts';
import { imageIsFixed } from './security/image-is-fixed.ts';
import { imagePinnedByDigest } from './security/image-pinned-by-digest.ts';
import { noNodeAccess } from './security/no-node-access.ts';
import { noSecretInGit } from './security/no-secret-in-git.ts';
import { podIsConfined } from './security/pod-is-confined.ts';
import { rightsAreNamed } from './security/rights-are-named.ts';
import { tokenIsNeeded } from './security/token-is-needed.ts';
import { workloadHasProbes } from './security/workload-has-probes.ts';
import { applicationAllowedByProject } from './fleet/application-allowed-by-project.ts';
import { applicationNamesUnique } from './fleet/application-names-unique.ts';
import { applicationPathExists } from './fleet/application-path-exists.ts';
import { certificateBudget } from './fleet/certificate-budget.ts';
import { generatePathsComplete } from './fleet/generate-paths-complete.ts';
import { hostClaimedOnce } from './fleet/host-claimed-once.ts';
import { hostInsideZones } from './fleet/host-inside-zones.ts';
import { issuerFitsStage } from './fleet/issuer-fits-stage.ts';
import { namespaceOfOneEnvironment } from './fleet/namespace-of-one-environment.ts';
import { productionFollowsStaging } from './fleet/production-follows-staging.ts';
import { promotionHasAStart } from './fleet/promotion-has-a-start.ts';
import { stagingIsLikeProduction } from './fleet/staging-is-like-production.ts';
import { zoneInOneEnvironment } from './fleet/zone-in-one-environment.ts';
import { domainStillUsed } from './change/domain-still-used.ts';
import { immutableField } from './change/immutable-field.ts';
import { issuerChanged } from './change/issuer-changed.ts';
import { kindSwitched } from './change/kind-switched.ts';
import { volumeNotShrunk } from './change/volume-not-shrunk.ts';

/** Every rule, by group; the order is that of the reference page. */
export const rules: readonly Rule[] = [
  generatedStale,
  imageOverrideMatches,
  patchKindApplies,
  patchTargetMatches,
  referenceExists,
  replicasTargetMatches,
  unusedComponent,
  apiVersionServed,
  kindKnown,
  schemaValid,
  autoscalerTargetExists,
  budgetSelectsPods,
  configMapExists,
  ingressBackendExists,
  networkPolicyPeerExists,
  networkPolicyPortExists,
  networkPolicySelectsPods,
  probePortExists,
  roleExists,
  secretHasMaker,
  selectorMatchesTemplate,
  serviceAccountExists,
  servicePortExists,
  serviceSelectsPods,
  spreadSelectsItself,
  statefulSetServiceExists,
  volumeExists,
  quorumHasNodes,
  quorumIsExpected,
  quorumIsOdd,
  quorumIsSpread,
  quorumSurvivesEviction,
  quorumSurvivesRollout,
  autoscalerHasRequests,
  budgetAllowsEviction,
  gatewayHasReplicas,
  gatewayIsSpread,
  hostPortsCanRoll,
  oneAcmeWriter,
  rolloutKeepsServing,
  budgetFitsKind,
  daemonSetHasNoLeftovers,
  containerHasResources,
  imageIsFixed,
  imagePinnedByDigest,
  noNodeAccess,
  noSecretInGit,
  podIsConfined,
  rightsAreNamed,
  tokenIsNeeded,
  workloadHasProbes,
  applicationAllowedByProject,
  applicationNamesUnique,
  applicationPathExists,
  certificateBudget,
  generatePathsComplete,
  hostClaimedOnce,
  hostInsideZones,
  issuerFitsStage,
  namespaceOfOneEnvironment,
  productionFollowsStaging,
  promotionHasAStart,
  stagingIsLikeProduction,
  zoneInOneEnvironment,
  domainStillUsed,
  immutableField,
  issuerChanged,
  kindSwitched,
  volumeNotShrunk,
];
