import type { FleetRule } from '../../rule.ts';

export const issuerFitsStage: FleetRule = {
  id: 'issuer-fits-stage',
  group: 'fleet',
  scope: 'fleet',
  severity: 'error',
  summary: 'An environment that is not production on Let’s Encrypt’s production CA, or one that is on its staging CA.',
  why: 'Trials count against the limits that production needs; and no browser trusts the staging CA.',
  remedy: 'Use letsencrypt for production, letsencrypt-staging or a CA of your own for the others.',
  *check({ environments }) {
    for (const environment of environments) {
      const { stage, certificates } = environment.environment.spec;
      const wrong = stage === 'production' ? 'letsencrypt-staging' : 'letsencrypt';
      const index = certificates.issuers.findIndex((issuer) => issuer === wrong);
      if (index === -1) continue;
      yield {
        message: `${environment.name} is ${stage} and asks ${wrong} for certificates`,
        position: environment.positionOf(['spec', 'certificates', 'issuers', index]),
        remedy:
          stage === 'production'
            ? 'Write letsencrypt: browsers trust no certificate of the staging CA.'
            : 'Write issuers: [letsencrypt-staging], or set spec.stage to production if that is what it is.',
        environments: [environment.name],
      };
    }
  },
};
