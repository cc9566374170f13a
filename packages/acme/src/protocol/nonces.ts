/** More would only grow stale: CAs forget nonces. */
const MAX_KEPT = 64;

/** Nonces that the CA handed out and that were not used yet. The freshest goes first. */
export class NoncePool {
  readonly #kept: string[] = [];
  readonly #fetch: (signal: AbortSignal) => Promise<string>;

  /** @param fetch - asks the CA for one. */
  constructor(fetch: (signal: AbortSignal) => Promise<string>) {
    this.#fetch = fetch;
  }

  /** Each nonce is handed out once. */
  async take(signal: AbortSignal): Promise<string> {
    return this.#kept.pop() ?? (await this.#fetch(signal));
  }

  keep(nonce: string | undefined): void {
    if (nonce === undefined) return;
    this.#kept.push(nonce);
    if (this.#kept.length > MAX_KEPT) this.#kept.shift();
  }
}
