import type { WaitFailure } from 'argocd-ts-client';

/** What may be done about it, by the reason in one word, Argo CD's or Kubernetes'. */
const steps: Readonly<Record<string, string>> = {
  Deleted: 'apply apps/argocd/<environment> again, or let `gatefleet up` do it',
  Refused: 'compare apps/argocd/<environment>/appproject.yaml with what the overlay renders; `gatefleet lint` does',
  ManifestsFailed: '`kustomize build overlays/<environment>` shows it; has the commit been pushed?',
  SyncFailed: 'mend the object that is named and push; what ran before goes on running',
  OutOfSync: 'something writes to it besides git: `kubectl get --show-managed-fields` tells who',
  NotAutomated: '`gatefleet sync <environment>`',
  Degraded: 'see the Events and the log here; `gatefleet rollback <environment>` goes back',
  Suspended: 'someone paused it: `kubectl rollout resume`',
  ErrImagePull: 'the image or its digest is not in the registry: mend overlays/<environment>/version, or roll back',
  ImagePullBackOff: 'the image or its digest is not in the registry: mend overlays/<environment>/version, or roll back',
  InvalidImageName: 'mend the image’s name in overlays/<environment>/version',
  CrashLoopBackOff: 'its log says why; `gatefleet rollback <environment>` goes back',
  CreateContainerConfigError: 'a ConfigMap, Secret or key that it names is not there',
  Unschedulable: 'no node has room for it, or fits its selector, taints and spread',
};

/** The next step for a failure, in words for people. */
export function nextStep(reason: WaitFailure | (string & {}), environment: string): string {
  const step = steps[reason] ?? '`gatefleet rollback <environment>` goes back to what ran before';
  return step.replaceAll('<environment>', environment);
}
