import { systemClock, type Clock } from '../clock.ts';
import { followCnames } from '../delegation/resolve-delegation.ts';
import { authoritativeServers } from '../dns/authoritative-servers.ts';
import { resolverOf } from '../dns/resolver.ts';
import { zoneOf } from '../dns/zone-of.ts';
import { look, placesOf, type Place, type Sight } from '../propagation/look.ts';
import { judgePersistValue, type PersistJudgement, type PersistWanted } from './judge-persist-value.ts';
import {
  accountUris,
  persistName,
  persistRecord,
  type PersistAccount,
  type PersistOptions,
  type PersistRecord,
} from './persist-record.ts';

export interface PersistCheckOptions extends Omit<PersistOptions, 'until' | 'accountUri'> {
  readonly account: PersistAccount;
  /** Recursive servers, host and port. Default: those of the system. */
  readonly resolvers?: readonly string[] | undefined;
  readonly clock?: Clock | undefined;
  /** Where the zone's servers listen. Default 53, and no other in the world; tests have no right to that one. */
  readonly port?: number | undefined;
}

/** What is wrong at one address of one server. */
export interface PersistFlaw extends Place {
  readonly reason: string;
}

export type PersistCheck =
  /** All servers have a record that a CA would take. */
  | { readonly kind: 'valid'; readonly until: Date | undefined }
  | { readonly kind: 'missing'; readonly flaws: readonly PersistFlaw[]; readonly record: PersistRecord };

/**
 * Asks all servers of the zone for the record of {@link persistRecord}, and tells what a CA would miss.
 * @throws DnsChallengeError `NO_ZONE`, `BAD_DELEGATION`, `UNREACHABLE` or `BAD_ANSWER` when the zone's servers cannot be found out;
 * `BAD_NAME`; the signal's reason
 */
export async function checkPersistRecord(
  host: string,
  options: PersistCheckOptions,
  signal: AbortSignal,
): Promise<PersistCheck> {
  const { clock = systemClock, port = 53, wildcard = host.startsWith('*.') } = options;
  const resolver = resolverOf(options.resolvers);
  const fqdn = await followCnames(persistName(host), resolver, signal);
  const places = placesOf(await authoritativeServers(await zoneOf(fqdn, resolver, signal), resolver, signal));
  const sights = await Promise.all(
    places.map(async (place) => ({ place, sight: await look(place, fqdn, port, signal) })),
  );
  const { issuerDomain, account } = options;
  const uris = accountUris(host, account);
  const wanted = { issuerDomain, wildcard, accountUris: uris };
  const judgements = sights
    .filter(({ sight }) => sight.kind !== 'no-route')
    .map(({ place, sight }) => ({ place, judgement: judgeSight(sight, wanted, clock.now()) }));
  const flaws = judgements.flatMap(({ place, judgement }) =>
    judgement.kind === 'valid' ? [] : [{ ...place, reason: reasonOf(judgement, issuerDomain) }],
  );
  const untils = judgements.flatMap(({ judgement }) => (judgement.kind === 'valid' ? [judgement.until] : []));
  if (flaws.length > 0 || untils.length === 0) {
    return { kind: 'missing', flaws, record: persistRecord(host, { issuerDomain, accountUri: uris[0], wildcard }) };
  }
  return { kind: 'valid', until: untils.filter((until) => until !== undefined).sort((a, b) => +a - +b)[0] };
}

type Judgement = PersistJudgement | Extract<Sight, { kind: 'silent' | 'refused' }>;

/** The nearer to valid, the more it says about what is wrong. */
const nearness = ['valid', 'expired', 'no-wildcard', 'other-account', 'malformed', 'other-issuer'];

function judgeSight(sight: Sight, wanted: PersistWanted, now: Date): Judgement {
  if (sight.kind === 'silent' || sight.kind === 'refused') return sight;
  const values = sight.kind === 'values' ? sight.values : [];
  const judgements = values.map((value) => judgePersistValue(value, wanted, now));
  return judgements.sort((a, b) => nearness.indexOf(a.kind) - nearness.indexOf(b.kind))[0] ?? { kind: 'other-issuer' };
}

function reasonOf(judgement: Exclude<Judgement, { kind: 'valid' }>, issuerDomain: string): string {
  switch (judgement.kind) {
    case 'other-issuer':
      return `it has no record for ${issuerDomain}`;
    case 'malformed':
    case 'refused':
    case 'silent':
      return judgement.reason;
    case 'other-account':
      return `its record is for another account, ${judgement.accountUri}`;
    case 'no-wildcard':
      return 'its record does not have policy=wildcard';
    case 'expired':
      return `its record ended at ${judgement.until.toISOString()}`;
  }
}
