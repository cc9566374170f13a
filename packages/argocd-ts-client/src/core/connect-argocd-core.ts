import type { ApplicationSet, AppProject, ArgoCdCore } from '../argocd.ts';
import { unsupported } from '../errors.ts';
import { coreApplications, type CoreApplicationsOptions } from './core-applications.ts';
import { customResources } from './custom-resources.ts';
import { kubernetesApi, type KubernetesOptions } from './kubernetes-api.ts';

export interface CoreOptions extends KubernetesOptions, CoreApplicationsOptions {}

/**
 * Argo CD through the Kubernetes API alone, for installations without an Argo CD API server, and before one answers.
 * Argo CD's own access rules do not apply: those of Kubernetes do. The health of single resources is there only if the
 * controller stores it (`controller.resource.health.persist`).
 */
export function connectArgoCdCore({
  namespace = 'argocd',
  initiator = 'argocd-ts-client',
  ...options
}: CoreOptions): ArgoCdCore {
  const api = kubernetesApi(options);
  const projects = customResources<AppProject>(api, namespace, {
    kind: 'AppProject',
    plural: 'appprojects',
    word: 'project',
  });
  const sets = customResources<ApplicationSet>(api, namespace, {
    kind: 'ApplicationSet',
    plural: 'applicationsets',
    word: 'application set',
  });
  return {
    applications: coreApplications(api, { namespace, initiator }),
    projects: {
      ...projects,
      async createToken(project, role) {
        throw unsupported(`creating a token of role ${role} of project ${project}`);
      },
      async deleteToken(project, role, id) {
        throw unsupported(`deleting token ${id} of role ${role} of project ${project}`);
      },
    },
    applicationSets: {
      ...sets,
      async list({ projects: wanted, ...of } = {}) {
        const all = await sets.list(of);
        return wanted === undefined
          ? all
          : all.filter(({ spec }) => wanted.includes(spec?.template?.spec?.project ?? ''));
      },
      async preview({ metadata }) {
        throw unsupported(`previewing application set ${metadata?.name ?? ''}`);
      },
    },
  };
}
