import type { PersistOptions } from './persist-record.ts';

/** What a CA would say to one value at the record's name. */
export type PersistJudgement =
  | { readonly kind: 'valid'; readonly until: Date | undefined }
  /** It is for another CA, or is none of this kind. */
  | { readonly kind: 'other-issuer' }
  | { readonly kind: 'malformed'; readonly reason: string }
  | { readonly kind: 'other-account'; readonly accountUri: string }
  /** It holds for the host itself, and not for what is below it. */
  | { readonly kind: 'no-wildcard' }
  | { readonly kind: 'expired'; readonly until: Date };

/** Is what an issue-value of RFC 8659, section 4.2, may have as a value. */
const VALUE = /^[\x21-\x3a\x3c-\x7e]*$/;

export interface PersistWanted extends Pick<PersistOptions, 'issuerDomain'> {
  /** Any of them will do. */
  readonly accountUris: readonly string[];
  readonly wildcard: boolean;
}

/** @see draft-ietf-acme-dns-persist, sections 4.1 and 4.2 */
export function judgePersistValue(text: string, wanted: PersistWanted, now: Date): PersistJudgement {
  const [issuer = '', ...parts] = text.split(';').map((part) => part.replace(/^[ \t]+|[ \t]+$/g, ''));
  if (issuer !== wanted.issuerDomain.toLowerCase()) return { kind: 'other-issuer' };
  const tags = new Map<string, string>();
  for (const part of parts) {
    const [, tag, value = ''] = /^([A-Za-z0-9-]+)[ \t]*=[ \t]*(.*)$/.exec(part) ?? [];
    if (tag === undefined) return malformed(part === '' ? 'it has an empty part' : `${part} is not tag=value`);
    if (tags.has(tag.toLowerCase())) return malformed(`${tag} is given twice`);
    if (!VALUE.test(value)) return malformed(`the value of ${tag} has characters that are not allowed`);
    tags.set(tag.toLowerCase(), value);
  }
  const accountUri = tags.get('accounturi') ?? '';
  if (accountUri === '') return malformed('accounturi is missing');
  const seconds = tags.get('persistuntil');
  if (seconds !== undefined && !/^\d{1,11}$/.test(seconds)) return malformed('persistUntil is not Unix seconds');
  if (!wanted.accountUris.includes(accountUri)) return { kind: 'other-account', accountUri };
  if (wanted.wildcard && tags.get('policy')?.toLowerCase() !== 'wildcard') return { kind: 'no-wildcard' };
  const until = seconds === undefined ? undefined : new Date(Number(seconds) * 1_000);
  return until !== undefined && until < now ? { kind: 'expired', until } : { kind: 'valid', until };
}

function malformed(reason: string): PersistJudgement {
  return { kind: 'malformed', reason };
}
