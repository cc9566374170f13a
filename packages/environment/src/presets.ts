export const presetNames = ['aws', 'google-cloud', 'azure', 'bare-metal', 'kind'] as const;
export type PresetName = (typeof presetNames)[number];

/** Defaults of one provider, as they would be written in `spec`. */
export interface Preset {
  /** What it is for. */
  readonly summary: string;
  /** Where each default comes from. */
  readonly sources: readonly string[];
  readonly spec: Readonly<Record<string, unknown>>;
}

const serviceAnnotations = (annotations: Readonly<Record<string, string>>) => ({
  gateway: { exposure: { type: 'LoadBalancer', annotations } },
});

export const presets: Readonly<Record<PresetName, Preset>> = {
  aws: {
    summary:
      'Amazon EKS: a Network Load Balancer to the Pods by the AWS Load Balancer Controller, and gp3 volumes of the EBS CSI driver.',
    sources: [
      'https://kubernetes-sigs.github.io/aws-load-balancer-controller/latest/guide/service/annotations/',
      'https://github.com/kubernetes-sigs/aws-ebs-csi-driver/blob/master/docs/parameters.md',
    ],
    spec: {
      ...serviceAnnotations({
        'service.beta.kubernetes.io/aws-load-balancer-nlb-target-type': 'ip',
        'service.beta.kubernetes.io/aws-load-balancer-scheme': 'internet-facing',
        'service.beta.kubernetes.io/aws-load-balancer-type': 'external',
      }),
      store: { storageClass: 'gp3' },
    },
  },
  'google-cloud': {
    summary:
      'Google Kubernetes Engine: a backend service-based external passthrough Network Load Balancer, and balanced persistent disks.',
    sources: [
      'https://cloud.google.com/kubernetes-engine/docs/concepts/service-load-balancer-parameters',
      'https://cloud.google.com/kubernetes-engine/docs/how-to/persistent-volumes/gce-pd-csi-driver',
    ],
    spec: {
      ...serviceAnnotations({ 'cloud.google.com/l4-rbs': 'enabled' }),
      store: { storageClass: 'standard-rwo' },
    },
  },
  azure: {
    summary:
      'Azure Kubernetes Service: a Standard Load Balancer that asks the gateways over TCP whether they are there, and managed disks.',
    sources: [
      'https://learn.microsoft.com/en-us/azure/aks/load-balancer-standard',
      'https://learn.microsoft.com/en-us/azure/aks/azure-csi-driver-volume-provisioning',
    ],
    spec: {
      ...serviceAnnotations({ 'service.beta.kubernetes.io/azure-load-balancer-health-probe-protocol': 'tcp' }),
      store: { storageClass: 'managed-csi' },
    },
  },
  'bare-metal': {
    summary:
      'Machines of your own without a load balancer: a gateway on every node, at the node’s own ports 80 and 443.',
    sources: ['https://kubernetes.io/docs/concepts/configuration/overview/#services'],
    spec: { gateway: { workload: 'DaemonSet', exposure: { type: 'HostPorts' } } },
  },
  kind: {
    summary:
      'kind on a workstation: gateways at fixed ports of the nodes, which `extraPortMappings` lead to, and its own StorageClass.',
    sources: ['https://kind.sigs.k8s.io/docs/user/configuration/#extra-port-mappings'],
    spec: {
      gateway: { exposure: { type: 'NodePort', nodePorts: { http: 30080, https: 30443 } } },
      store: { storageClass: 'standard' },
    },
  },
};

/**
 * The document with the preset's defaults below what it says itself: mappings are merged, everything else is the document's. A preset's
 * field that one of the document's makes meaningless is left out: fixed ports of another exposure, `replicas` beside a DaemonSet.
 */
export function withPreset(document: unknown): { readonly document: unknown; readonly filled: readonly string[] } {
  const spec = isMapping(document) ? document['spec'] : undefined;
  const name = isMapping(spec) ? spec['preset'] : undefined;
  if (!isMapping(document) || !isMapping(spec) || typeof name !== 'string' || !Object.hasOwn(presets, name)) {
    return { document, filled: [] };
  }
  const filled: string[] = [];
  const fitting = fittingDefaults(presets[name as PresetName].spec, spec);
  return { document: { ...document, spec: below(spec, fitting, ['spec'], filled) }, filled };
}

type Mapping = Readonly<Record<string, unknown>>;

function fittingDefaults(defaults: Mapping, spec: Mapping): Mapping {
  const gateway = mappingOf(spec['gateway']);
  const exposure = mappingOf(gateway['exposure']);
  const wanted = mappingOf(defaults['gateway']);
  const own = mappingOf(wanted['exposure']);
  const isOtherExposure = exposure['type'] !== undefined && exposure['type'] !== own['type'];
  const isScaled = gateway['replicas'] !== undefined || gateway['autoscaling'] !== undefined;
  const { workload, ...rest } = wanted;
  return {
    ...defaults,
    gateway: {
      ...rest,
      ...(workload !== undefined && !isScaled && { workload }),
      exposure: isOtherExposure ? {} : own,
    },
  };
}

function below(own: Mapping, defaults: Mapping, path: readonly string[], filled: string[]): Mapping {
  const merged: Record<string, unknown> = { ...own };
  for (const [key, value] of Object.entries(defaults)) {
    const at = [...path, key];
    if (isMapping(value) && (own[key] === undefined || isMapping(own[key]))) {
      merged[key] = below(mappingOf(own[key]), value, at, filled);
    } else if (own[key] === undefined) {
      merged[key] = value;
      filled.push(at.join('.'));
    }
  }
  return merged;
}

function mappingOf(value: unknown): Mapping {
  return isMapping(value) ? value : {};
}

function isMapping(value: unknown): value is Mapping {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
