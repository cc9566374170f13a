import { isInside, itemsAt, type Rule } from './rule.ts';

const tenancy = ['spec', 'tenancy'];

export const tenancyIsInsideDomains: Rule = (draft) => {
  const zones = itemsAt(draft, 'spec', 'domains');
  const seen = new Set<string>();
  return itemsAt(draft, ...tenancy).flatMap((_, entry) =>
    itemsAt(draft, ...tenancy, entry, 'domains').flatMap((domain, index) => {
      if (typeof domain !== 'string') return [];
      const path = [...tenancy, entry, 'domains', index];
      const isTwice = seen.has(domain);
      seen.add(domain);
      if (isTwice) {
        return [
          {
            path,
            message: `${domain} is in two entries of spec.tenancy`,
            remedy: 'Keep it in one, with all the namespaces that may claim it.',
          },
        ];
      }
      if (isInside(domain, zones)) return [];
      return [
        {
          path,
          message: `${domain} is outside of spec.domains`,
          remedy: `Add it to spec.domains, or remove it here; the domains are ${zones.join(', ')}.`,
        },
      ];
    }),
  );
};
