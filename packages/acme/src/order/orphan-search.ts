import { nameSet } from '../keys/certificate-id.ts';
import type { AcmeAccount, OrderState } from '../protocol/account.ts';
import { isLost } from '../protocol/repeat-read.ts';

export type FoundOrder = OrderState & { readonly url: string };

type Account = Pick<AcmeAccount, 'url' | 'order' | 'orders'>;

/**
 * How many of the account's newest orders are looked into at most, and how many of them at once. RFC 8555 gives the list no order; those
 * that have one append.
 */
const NEWEST = 1_000;
const AT_ONCE = 50;

/**
 * Finds orders that the CA has and we have no URL of: what was on its way when a process ended or a connection broke. What an order is for
 * never changes, so each is read for it once, the newest first and no more than it takes; a look at the list goes on from the last page of
 * the one before. Those who search at the same time share what is asked. Valid for one leadership term.
 */
export class OrphanSearch {
  readonly #namesByUrl = new Map<string, string>();
  /** Whose orders these are: a CA that forgot our account gives us another. */
  #account: string | undefined;
  #lastPage: string | undefined;
  /** Listed, and not read for its names yet: a look may break off in between. */
  readonly #unread = new Set<string>();
  #looking: Promise<void> = Promise.resolve();
  #next: Promise<void> | undefined;
  #reading: Promise<void> | undefined;

  /** An unfinished order for exactly these names. */
  async find(names: readonly string[], account: Account, signal: AbortSignal): Promise<FoundOrder | undefined> {
    await this.#look(account, signal);
    const wanted = nameSet(names).join();
    const seen = new Set<string>();
    for (;;) {
      const candidates = [...this.#namesByUrl].filter(([url, known]) => known === wanted && !seen.has(url));
      for (const [url] of candidates.reverse()) {
        seen.add(url);
        const state = await account.order(url, signal);
        if (state.order.status === 'pending' || state.order.status === 'ready') return { url, ...state };
      }
      if (this.#unread.size === 0) return undefined;
      await this.#readMore(account, signal);
    }
  }

  /** An order that was placed, which nobody needs to read for its names. */
  add(url: string, names: readonly string[]): void {
    this.#namesByUrl.set(url, nameSet(names).join());
    this.#unread.delete(url);
  }

  /** A look that has begun may have missed what was placed since; so one waits for the next, with all others who come meanwhile. */
  #look(account: Account, signal: AbortSignal): Promise<void> {
    this.#next ??= this.#looking
      .catch(() => undefined)
      .then(() => {
        this.#next = undefined;
        this.#looking = this.#list(account, signal);
        return this.#looking;
      });
    return this.#next;
  }

  async #list(account: Account, signal: AbortSignal): Promise<void> {
    if (this.#account !== account.url) this.#beginAnew(account.url);
    try {
      for await (const page of account.orders(signal, this.#lastPage)) {
        for (const url of page.orders) if (!this.#namesByUrl.has(url)) this.#unread.add(url);
        this.#lastPage = page.url;
      }
    } catch (error) {
      // A CA need not keep a page for ever: what it refuses to show again is not asked for again.
      if (!isLost(error)) this.#lastPage = undefined;
      throw error;
    }
    for (const url of [...this.#unread].slice(0, -NEWEST)) this.#unread.delete(url);
  }

  #readMore(account: Account, signal: AbortSignal): Promise<void> {
    this.#reading ??= Promise.all(
      [...this.#unread].slice(-AT_ONCE).map(async (url) => {
        const { order } = await account.order(url, signal);
        // Of an account that the CA has forgotten since, nothing is asked any more.
        if (!this.#unread.has(url)) return;
        this.add(
          url,
          order.identifiers.map(({ value }) => value),
        );
      }),
    )
      .then(() => undefined)
      .finally(() => {
        this.#reading = undefined;
      });
    return this.#reading;
  }

  #beginAnew(account: string): void {
    // What was placed before the first look is this account's.
    if (this.#account !== undefined) this.#namesByUrl.clear();
    this.#unread.clear();
    this.#lastPage = undefined;
    this.#account = account;
  }
}
