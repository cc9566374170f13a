import { KubeConfig } from '@kubernetes/client-node';

/** As a Pod does where there is one, else by the user's kubeconfig. */
export function kubeConfig(env: Readonly<Record<string, string | undefined>>): KubeConfig {
  const config = new KubeConfig();
  if (env['KUBERNETES_SERVICE_HOST'] !== undefined && env['KUBECONFIG'] === undefined) config.loadFromCluster();
  else config.loadFromDefault();
  return config;
}
