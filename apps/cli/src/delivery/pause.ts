import type { Application } from 'argocd-ts-client';

/** Where a pause is written down, on the Application: who, when and why, in words. */
export const pauseAnnotation = 'gatefleet.dev/paused';

/** Who paused an environment, when and why; undefined while it is not paused. */
export const pauseOf = ({ metadata }: Application): string | undefined => metadata?.annotations?.[pauseAnnotation];

/**
 * A merge patch that stops Argo CD from syncing by itself, and tells why. The policy's other parts stay, so that the end of the pause
 * brings them back. A manual policy has nothing to stop: the annotation alone keeps `gatefleet` from syncing.
 *
 * @see https://argo-cd.readthedocs.io/en/stable/user-guide/auto_sync/ (`automated.enabled`)
 */
export function pausePatch(application: Application, why: string): object {
  return { metadata: { annotations: { [pauseAnnotation]: why } }, ...enabled(application, false) };
}

export function resumePatch(application: Application): object {
  return { metadata: { annotations: { [pauseAnnotation]: null } }, ...enabled(application, null) };
}

function enabled({ spec }: Application, value: false | null): object {
  if (spec?.syncPolicy?.automated === undefined) return {};
  return { spec: { syncPolicy: { automated: { enabled: value } } } };
}
