/**
 * Writes TXT records where a zone is kept. Names are fully qualified, in lower case, without a final dot; a value is printable ASCII of
 * at most 2,000 characters.
 *
 * - Adding a value that is there already is harmless.
 * - Several values at one name live side by side, of ours and of others: a wildcard and its apex share `_acme-challenge.example.com`.
 * - Removing takes away that one value, and succeeds if it is gone already.
 * - Comes back when the provider has taken the change; where the provider tells, when its servers have it. Whether the world sees it is
 *   asked with `untilVisible`.
 * - Safe for concurrent use, by several processes too.
 *
 * @throws DnsChallengeError never with a token or key in it. After `UNREACHABLE` or `TIMED_OUT` the change may have happened: repeat it.
 * The signal's reason, when aborted.
 */
export interface DnsProvider {
  addTxt(fqdn: string, value: string, signal: AbortSignal): Promise<void>;
  removeTxt(fqdn: string, value: string, signal: AbortSignal): Promise<void>;
}
