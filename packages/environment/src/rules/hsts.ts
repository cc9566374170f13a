import { seconds } from '../seconds.ts';
import type { Rule } from './rule.ts';

/** @see https://hstspreload.org/#submission-requirements */
const preloadSeconds = 31_536_000;

export const preloadNeedsAYear: Rule = (draft) => {
  const hsts = ['spec', 'gateway', 'hsts'];
  if (draft.at(...hsts, 'preload') !== true) return [];
  const maxAge = draft.at(...hsts, 'maxAge');
  const isShort = typeof maxAge === 'string' && seconds(maxAge) < preloadSeconds;
  if (draft.at(...hsts, 'includeSubDomains') === true && !isShort) return [];
  return [
    {
      path: [...hsts, 'preload'],
      atKey: true,
      message: 'spec.gateway.hsts.preload is in vain: the list takes only hosts with includeSubDomains and a year',
      remedy: 'Write includeSubDomains: true and a maxAge of at least 365d, or remove preload.',
    },
  ];
};
