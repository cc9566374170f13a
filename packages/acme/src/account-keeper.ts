import { AcmeError } from './errors.ts';
import { caId } from './keys/certificate-id.ts';
import { generatePrivateKey } from './keys/private-key.ts';
import type { Ledger } from './ledger/ledger.ts';
import { StoreRefused } from './order/store-refused.ts';
import type { RecordStore, Stored } from './ports.ts';
import { openAccount, registerAccount, type AcmeAccount } from './protocol/account.ts';
import { importAccountKey, type AccountKey } from './protocol/account-key.ts';
import { changeAccountKey } from './protocol/key-change.ts';
import type { ExternalAccount } from './protocol/external-account.ts';
import type { CertificateAuthority } from './protocol/certificate-authority.ts';
import type { AccountRecord } from './records.ts';

export interface AccountKeeperOptions {
  readonly ca: CertificateAuthority;
  readonly accounts: RecordStore<AccountRecord>;
  readonly epoch: number;
  readonly contact: readonly string[];
  readonly externalAccount?: ExternalAccount | undefined;
  /** Asked before the CA is. */
  readonly ledger: (signal: AbortSignal) => Promise<Pick<Ledger, 'reserveAccount' | 'heedAccount'>>;
}

/** Our one account at a CA: made once, saved before and after, shared by all orders. */
export class AccountKeeper {
  readonly #options: AccountKeeperOptions;
  readonly #id: string;
  #opening: Promise<AcmeAccount> | undefined;
  /** The key that was counted as a new account: asking for the same once more makes no other. */
  #counted: string | undefined;

  constructor(options: AccountKeeperOptions) {
    this.#options = options;
    this.#id = caId(options.ca.directoryUrl);
  }

  /** Callers at the same time share one registration; after a failure the next call tries again. */
  open(signal: AbortSignal): Promise<AcmeAccount> {
    return this.#opening ?? this.#share(this.#open(signal));
  }

  /** For an account that the CA forgot: registers its key again, unless that has happened meanwhile. */
  async reopen(forgotten: AcmeAccount, signal: AbortSignal): Promise<AcmeAccount> {
    const opening = this.#opening;
    if ((await opening) !== forgotten || this.#opening !== opening) return this.open(signal);
    return this.#share(this.#forgetUrl(forgotten.url, signal).then(() => this.#open(signal)));
  }

  /**
   * Gives the account another key. Nothing else may use the account meanwhile: with the old key nothing is taken any more, and no challenge
   * that was answered by it. What breaks off goes on when the account is opened next.
   * @returns false where there is no account yet.
   */
  async roll(signal: AbortSignal): Promise<boolean> {
    const { accounts, epoch } = this.#options;
    const stored = await accounts.load(this.#id, signal);
    if (stored?.record.url === undefined) return false;
    this.#opening = undefined;
    if (stored.record.nextPrivateKey === undefined) {
      await this.#save({ ...stored.record, nextPrivateKey: await generatePrivateKey(), epoch }, stored.index, signal);
    }
    await this.open(signal);
    return true;
  }

  #share(opening: Promise<AcmeAccount>): Promise<AcmeAccount> {
    const shared = opening.catch((error: unknown) => {
      if (this.#opening === shared) this.#opening = undefined;
      throw error;
    });
    this.#opening = shared;
    return shared;
  }

  async #forgetUrl(url: string, signal: AbortSignal): Promise<void> {
    const stored = await this.#options.accounts.load(this.#id, signal);
    if (stored?.record.url !== url) return;
    const { url: _forgotten, nextPrivateKey: _neither, formerThumbprints: _nor, ...nameless } = stored.record;
    this.#counted = undefined;
    await this.#save({ ...nameless, epoch: this.#options.epoch }, stored.index, signal);
  }

  async #open(signal: AbortSignal): Promise<AcmeAccount> {
    const { ca, accounts, epoch, contact } = this.#options;
    const found = (await accounts.load(this.#id, signal)) ?? (await this.#create(signal));
    const stored = await this.#finishRoll(found, signal);
    const key = await importAccountKey(stored.record.privateKey);
    const { url: known, formerThumbprints } = stored.record;
    if (known !== undefined) return openAccount(ca, key, known, formerThumbprints);

    const url = await this.#register(key, stored.record.privateKey, signal);
    await this.#save({ ...stored.record, url, contact: [...contact], epoch }, stored.index, signal);
    return openAccount(ca, key, url);
  }

  async #register(key: AccountKey, privateKey: string, signal: AbortSignal): Promise<string> {
    const { ca, contact, externalAccount } = this.#options;
    const ledger = await this.#options.ledger(signal);
    if (this.#counted !== privateKey) await ledger.reserveAccount();
    this.#counted = privateKey;
    try {
      return await registerAccount(ca, key, { contact, externalAccount }, signal);
    } catch (error) {
      if (error instanceof AcmeError && error.code === 'RATE_LIMITED') this.#counted = undefined;
      await ledger.heedAccount(error);
      throw error;
    }
  }

  /** A change of keys that was begun is brought to its end, whether the CA has heard of it or not. */
  async #finishRoll(stored: Stored<AccountRecord>, signal: AbortSignal): Promise<Stored<AccountRecord>> {
    const { ca, epoch } = this.#options;
    const { nextPrivateKey, ...record } = stored.record;
    if (nextPrivateKey === undefined || record.url === undefined) return stored;
    const key = await importAccountKey(record.privateKey);
    const next = await importAccountKey(nextPrivateKey);
    if (!(await isKnown(ca, next, signal))) {
      const change = changeAccountKey(ca, { key, accountUrl: record.url }, next, signal);
      await change.catch(async (error: unknown) => {
        // It will refuse as often as it is asked, and orders go on with the old key.
        if (isRefusal(error)) await this.#save({ ...record, epoch }, stored.index, signal);
        throw error;
      });
    }
    const formerThumbprints = [key.thumbprint, ...(record.formerThumbprints ?? [])];
    return this.#save({ ...record, privateKey: nextPrivateKey, formerThumbprints, epoch }, stored.index, signal);
  }

  async #create(signal: AbortSignal): Promise<Stored<AccountRecord>> {
    const { ca, epoch, contact } = this.#options;
    const privateKey = await generatePrivateKey();
    return this.#save({ ca: ca.directoryUrl, epoch, privateKey, contact: [...contact] }, 0, signal);
  }

  async #save(record: AccountRecord, ifIndex: number, signal: AbortSignal): Promise<Stored<AccountRecord>> {
    const result = await this.#options.accounts.save(this.#id, record, ifIndex, signal);
    if (result.kind !== 'written') throw new StoreRefused(result.kind);
    return { record, index: result.index };
  }
}

function isRefusal(error: unknown): boolean {
  return error instanceof AcmeError && error.code === 'REFUSED';
}

async function isKnown(ca: CertificateAuthority, key: AccountKey, signal: AbortSignal): Promise<boolean> {
  try {
    await registerAccount(ca, key, { contact: [], onlyReturnExisting: true }, signal);
    return true;
  } catch (error) {
    if (isForgottenAccount(error)) return false;
    throw error;
  }
}

/** @returns true for the one error that {@link AccountKeeper.reopen} cures. */
export function isForgottenAccount(error: unknown): boolean {
  return error instanceof AcmeError && error.code === 'ACCOUNT_UNKNOWN';
}
