import type { Rule } from './rule.ts';

export const nameEqualsFolder: Rule = (draft, { folder }) => {
  const name = draft.at('metadata', 'name');
  if (typeof name !== 'string' || folder === undefined || name === folder) return [];
  return [
    {
      path: ['metadata', 'name'],
      message: `metadata.name must be the folder’s name, ${folder}`,
      remedy: `Write ${folder}, or rename the folder to ${name}.`,
    },
  ];
};

export const domainsAreDistinct: Rule = (draft) => {
  const domains = draft.at('spec', 'domains');
  if (!Array.isArray(domains)) return [];
  return domains.flatMap((domain: unknown, index) => {
    if (typeof domain !== 'string') return [];
    const other = domains.findIndex(
      (zone: unknown, at) =>
        typeof zone === 'string' && (zone === domain ? at < index : domain.endsWith(`.${zone}`) && zone !== ''),
    );
    if (other === -1) return [];
    return [
      {
        path: ['spec', 'domains', index],
        message: `spec.domains[${index}] is covered by spec.domains[${other}] already`,
        remedy: 'Remove it: a zone covers all names below it.',
      },
    ];
  });
};

/** Namespaces that belong to the cluster. */
export const namespaceIsOurs: Rule = (draft) => {
  const namespace = draft.at('spec', 'namespace');
  if (typeof namespace !== 'string' || !/^(default|kube-.*|argocd)$/.test(namespace)) return [];
  return [
    {
      path: ['spec', 'namespace'],
      message: `spec.namespace is ${namespace}, which others use`,
      remedy: 'Write a namespace that nothing else is in, or leave it out for gatefleet.',
    },
  ];
};

export const componentsAreDistinct: Rule = (draft) => {
  const components = draft.at('spec', 'components');
  if (!Array.isArray(components)) return [];
  return components.flatMap((component: unknown, index) => {
    if (typeof component !== 'string') return [];
    const isCustom = component.replace(/^\.\//, '').replace(/\/$/, '') === 'custom';
    if (!isCustom && components.indexOf(component) === index) return [];
    return [
      {
        path: ['spec', 'components', index],
        message: isCustom ? 'custom/ is switched on by being there' : `spec.components[${index}] is there twice`,
        remedy: 'Remove it.',
      },
    ];
  });
};
