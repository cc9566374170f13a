import { dnsProviders } from '../certificates/challenge.ts';
import { isInside, itemsAt, type Draft, type Rule } from './rule.ts';

const certificates = ['spec', 'certificates'];
const challenge = [...certificates, 'challenge'];

/** As it is given; what it is not, its own schema tells. */
function challengeType(draft: Draft): string {
  const type = draft.at(...challenge, 'type');
  return typeof type === 'string' ? type : 'http-01';
}

export const oneDnsProvider: Rule = (draft) => {
  const type = challengeType(draft);
  const given = dnsProviders.filter((provider) => draft.at(...challenge, provider) !== undefined);
  if (type === 'dns-01' && given.length === 0) {
    return [
      {
        path: [...challenge, 'type'],
        message: 'spec.certificates.challenge is dns-01 and names no provider',
        remedy: `Add one of ${dnsProviders.join(', ')}.`,
      },
    ];
  }
  const spare = type === 'dns-01' ? given.slice(1) : given;
  return spare.map((provider) => ({
    path: [...challenge, provider],
    atKey: true,
    message:
      type === 'dns-01'
        ? `spec.certificates.challenge has two providers, ${given[0] ?? ''} and ${provider}`
        : `spec.certificates.challenge.${provider} has no meaning with ${type}`,
    remedy: type === 'dns-01' ? 'Keep one.' : `Set type to dns-01, or remove ${provider}.`,
  }));
};

export const preflightIsForHttp: Rule = (draft) => {
  const type = challengeType(draft);
  if (type === 'http-01' || draft.at(...certificates, 'preflight') === undefined) return [];
  return [
    {
      path: [...certificates, 'preflight'],
      atKey: true,
      message: `spec.certificates.preflight has no meaning with ${type}`,
      remedy: 'Remove it: with a record in DNS a host may lead anywhere.',
    },
  ];
};

/** Fields that are of use only together. */
const together = [
  ['route53', ['accessKeyId', 'secretAccessKey']],
  ['azureDns', ['tenantId', 'clientId', 'clientSecret']],
] as const;

export const credentialsAreWhole: Rule = (draft) =>
  together.flatMap(([provider, fields]) => {
    const given = fields.filter((field) => draft.at(...challenge, provider, field) !== undefined);
    if (given.length === 0 || given.length === fields.length) return [];
    const missing = fields.filter((field) => !given.some((each) => each === field));
    return [
      {
        path: [...challenge, provider, given[0] ?? ''],
        atKey: true,
        message: `spec.certificates.challenge.${provider} has ${given.join(', ')} without ${missing.join(', ')}`,
        remedy: `Add ${missing.join(', ')}, or remove ${given.join(', ')} to use the Pod’s own identity.`,
      },
    ];
  });

export const issuersAreDistinct: Rule = (draft) => {
  const names = itemsAt(draft, ...certificates, 'issuers').map((issuer, index) =>
    typeof issuer === 'string' ? issuer : draft.at(...certificates, 'issuers', index, 'directory'),
  );
  return names.flatMap((name, index) =>
    name === undefined || names.indexOf(name) === index
      ? []
      : [
          {
            path: [...certificates, 'issuers', index],
            message: `spec.certificates.issuers[${index}] is there already`,
            remedy: 'Remove it: the list falls back from one to the next.',
          },
        ],
  );
};

export const onDemandIsBounded: Rule = (draft) => {
  if (draft.at(...certificates, 'onDemand') === undefined) return [];
  const hosts = itemsAt(draft, ...certificates, 'onDemand', 'hosts');
  if (hosts.length === 0 && draft.at(...certificates, 'onDemand', 'ask') === undefined) {
    return [
      {
        path: [...certificates, 'onDemand'],
        atKey: true,
        message: 'spec.certificates.onDemand allows no host',
        remedy: 'Add hosts or ask, or remove onDemand.',
      },
    ];
  }
  if (draft.at('spec', 'gateway', 'accessLog') !== true && draft.at(...certificates, 'onDemand', 'ask') !== undefined) {
    return [
      {
        path: [...certificates, 'onDemand', 'ask'],
        atKey: true,
        message: 'spec.certificates.onDemand.ask is asked about hosts in the access log, which is off',
        remedy: 'Set spec.gateway.accessLog to true.',
      },
    ];
  }
  const zones = itemsAt(draft, 'spec', 'domains');
  return hosts.flatMap((host, index) =>
    typeof host !== 'string' || isInside(host, zones)
      ? []
      : [
          {
            path: [...certificates, 'onDemand', 'hosts', index],
            message: `${host} is outside of spec.domains`,
            remedy: `Add it to spec.domains, or remove it here; the domains are ${zones.join(', ')}.`,
          },
        ],
  );
};

/** The CA of the public asks from addresses that it tells nobody. @see https://letsencrypt.org/docs/faq/#what-ip-addresses-does-let-s-encrypt-use-to-validate-my-web-server */
export const httpChallengeIsReachable: Rule = (draft) => {
  if (challengeType(draft) !== 'http-01') return [];
  if ((draft.at('spec', 'gateway', 'exposure', 'type') ?? 'LoadBalancer') !== 'LoadBalancer') return [];
  const ranges = itemsAt(draft, 'spec', 'gateway', 'exposure', 'sourceRanges');
  const issuers =
    draft.at(...certificates, 'issuers') === undefined ? ['letsencrypt'] : itemsAt(draft, ...certificates, 'issuers');
  if (ranges.length === 0 || !issuers.some((issuer) => issuer === 'letsencrypt' || issuer === 'letsencrypt-staging'))
    return [];
  return [
    {
      path: ['spec', 'gateway', 'exposure', 'sourceRanges'],
      atKey: true,
      message:
        'spec.gateway.exposure.sourceRanges shuts out Let’s Encrypt, which looks for the challenge from anywhere',
      remedy: 'Set spec.certificates.challenge to dns-01, use a CA inside these networks, or remove sourceRanges.',
    },
  ];
};
