import { isForgottenAccount } from '../account-keeper.ts';
import { AcmeError } from '../errors.ts';
import type { Issuer } from '../issuers/issuer.ts';
import { backoffMs } from '../plan/backoff.ts';
import type { AcmeStore, Clock, Stored } from '../ports.ts';
import { importAccountKey } from '../protocol/account-key.ts';
import { revokeByItsKey } from '../protocol/account.ts';
import type { CertificateRecord, CondemnedCertificate } from '../records.ts';
import { condemn } from './condemned.ts';

export interface RevocationsOptions {
  readonly issuers: { of(directoryUrl: string): Issuer | undefined };
  readonly certificates: AcmeStore['certificates'];
  readonly clock: Clock;
  /** Uniform in [0, 1): spreads retries. */
  readonly random: () => number;
}

/** What all gateways have, by certificate id. */
export interface Gateways {
  /** They have this very certificate, and none that was there before it. */
  isServed(certificate: CertificateRecord): boolean;
  /** They have nothing for it. */
  isGone(id: string): boolean;
}

export interface Settled {
  readonly revoked: readonly { readonly id: string; readonly serial: string }[];
  /** What could not be revoked yet; it is tried again. */
  readonly failed: readonly AcmeError[];
  /** When there is something to be tried again; undefined where there is nothing. */
  readonly nextAt: Date | undefined;
}

interface Turn {
  readonly at: number;
  readonly failures: number;
}

/** How soon to look again for what the gateways do not have yet. */
const LOOK_AGAIN_MS = 2_000;

/** Has CAs revoke certificates. What is to be done stands in the certificates' records, so every leader goes on with it. Valid for one leadership term. */
export class Revocations {
  readonly #options: RevocationsOptions;
  readonly #turns = new Map<string, Turn>();

  constructor(options: RevocationsOptions) {
    this.#options = options;
  }

  async settle(gateways: Gateways, signal: AbortSignal): Promise<Settled> {
    const { certificates, clock } = this.#options;
    const revoked: { id: string; serial: string }[] = [];
    const failed: AcmeError[] = [];
    const times: number[] = [];
    for (const stored of await certificates.list(signal)) {
      const { record } = stored;
      const due = dueOf(record);
      if (due.length === 0) continue;
      const mayBegin = gateways.isGone(record.id) || (record.toRevoke !== undefined && gateways.isServed(record));
      if (!mayBegin) {
        times.push(clock.now().getTime() + LOOK_AGAIN_MS);
        continue;
      }
      const done = new Set<string>();
      for (const each of due) {
        const result = await this.#revoke(each, signal);
        if (result instanceof AcmeError) failed.push(result);
        if (result === 'revoked') revoked.push({ id: record.id, serial: each.serial });
        if (result === 'revoked' || result === 'over') done.add(each.serial);
        else times.push(this.#turns.get(each.serial)?.at ?? clock.now().getTime());
      }
      if (done.size > 0) await this.#note(stored, done, signal);
    }
    return { revoked, failed, nextAt: times.length === 0 ? undefined : new Date(Math.min(...times)) };
  }

  /** `over`: it has ended meanwhile. A second request for what is revoked is answered as the first, so a crash in between does no harm. */
  async #revoke(each: CondemnedCertificate, signal: AbortSignal): Promise<'revoked' | 'over' | 'waits' | AcmeError> {
    const { clock, random } = this.#options;
    const now = clock.now().getTime();
    if (Date.parse(each.notAfter) <= now) return 'over';
    const turn = this.#turns.get(each.serial) ?? { at: now, failures: 0 };
    if (turn.at > now) return 'waits';
    try {
      await this.#ask(each, signal);
      this.#turns.delete(each.serial);
      return 'revoked';
    } catch (error) {
      if (!(error instanceof AcmeError)) throw error;
      const failures = turn.failures + 1;
      const at = Math.max(now + backoffMs('spent', failures, random), error.retryAfter?.getTime() ?? 0);
      this.#turns.set(each.serial, { at, failures });
      return error;
    }
  }

  async #ask({ ca, der, reason, privateKey, serial }: CondemnedCertificate, signal: AbortSignal): Promise<void> {
    const issuer = this.#options.issuers.of(ca);
    if (issuer === undefined) {
      throw new AcmeError('REFUSED', `revoking certificate ${serial}: it is of ${ca}, which is not in use`, {
        hint: 'put that CA into the list of issuers again, as the last one',
      });
    }
    try {
      const account = await issuer.accounts.open(signal);
      await account.revoke(der, reason, signal);
    } catch (error) {
      if (!isAnothersCertificate(error)) throw error;
      // Other keys than P-256 came from elsewhere, and their account alone may revoke them.
      const key = await importAccountKey(privateKey).catch(() => undefined);
      if (key === undefined) throw error;
      await revokeByItsKey(issuer.ca, key, { der, reason }, signal);
    }
  }

  async #note({ record, index }: Stored<CertificateRecord>, done: ReadonlySet<string>, signal: AbortSignal) {
    const { certificates, clock } = this.#options;
    const { toRevoke, ...rest } = record;
    const left = toRevoke?.filter(({ serial }) => !done.has(serial)) ?? [];
    const isItself = toRevoke === undefined;
    const next: CertificateRecord = {
      ...rest,
      ...(left.length > 0 && { toRevoke: left }),
      ...(isItself && { revokedAt: clock.now().toISOString() }),
    };
    // Lost to another write, it is asked for again, and answered as before.
    await certificates.save(record.id, next, index, signal);
  }
}

/** What stands in a record to be revoked: what it took the place of; or itself, where nobody asks for it and so nothing will take its place. */
function dueOf(record: CertificateRecord): readonly CondemnedCertificate[] {
  const { toRevoke, revokeFor, revokedAt, unwantedSince } = record;
  if (toRevoke !== undefined) return toRevoke;
  const isItself = revokeFor !== undefined && revokedAt === undefined && unwantedSince !== undefined;
  return isItself ? [condemn(record, revokeFor)] : [];
}

function isAnothersCertificate(error: unknown): boolean {
  if (isForgottenAccount(error)) return true;
  return error instanceof AcmeError && error.type === 'urn:ietf:params:acme:error:unauthorized';
}
