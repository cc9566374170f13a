import { drawn } from './drawn.ts';
import type { FaultRate, FaultRates, Injected, Storm } from './fault.ts';
import type { ResourceKind } from './resource-kind.ts';

/** Sums of fractions end a little above the whole. */
const ROUNDING = 1e-9;

/** Decides what goes wrong with which request: a storm first, else by the rates. The same seed and requests have the same faults. */
export class FaultSchedule {
  readonly #seed: number;
  readonly #asked = new Map<ResourceKind, number>();
  #rates: FaultRates = {};
  #storms: Storm[] = [];
  /** How often each of the present rates struck. */
  #struck = new Map<FaultRate, number>();

  constructor(seed: number, rates: FaultRates) {
    this.#seed = seed;
    this.set(rates);
  }

  /** @throws RangeError when a rate, or the rates of a kind together, are not from 0 to 1. */
  set(rates: FaultRates): void {
    for (const [kind, list] of Object.entries(rates)) checkRates(kind, list);
    this.#rates = rates;
    this.#struck = new Map();
  }

  startStorm(storm: Storm): void {
    this.#storms.push(storm);
  }

  endStorms(): void {
    this.#storms = [];
  }

  /** @param now - milliseconds since 1970. */
  next(kind: ResourceKind, now: number): Injected {
    const index = this.#asked.get(kind) ?? 0;
    this.#asked.set(kind, index + 1);
    const storm = this.#storms.find(({ kinds, until }) => now < until && (kinds?.includes(kind) ?? true));
    if (storm !== undefined) {
      const { until, retryAfter = { seconds: Math.ceil((until - now) / 1000), form: 'seconds' } } = storm;
      return { kind: 'storm', retryAfter };
    }
    const hit = chosen(this.#rates[kind] ?? this.#rates.any ?? [], drawn(this.#seed, kind, index));
    if (hit === undefined) return { kind: 'none' };
    const struck = this.#struck.get(hit) ?? 0;
    if (struck >= (hit.times ?? Infinity)) return { kind: 'none' };
    this.#struck.set(hit, struck + 1);
    return hit.fault;
  }
}

function chosen(rates: readonly FaultRate[], number: number): FaultRate | undefined {
  let sum = 0;
  return rates.find(({ rate }) => number < (sum += rate));
}

function checkRates(kind: string, rates: readonly FaultRate[]): void {
  for (const { rate, fault } of rates) {
    if (!(rate >= 0 && rate <= 1)) throw new RangeError(`faults of ${kind}: ${fault.kind} has the rate ${rate}`);
  }
  const sum = rates.reduce((total, { rate }) => total + rate, 0);
  if (sum > 1 + ROUNDING) throw new RangeError(`faults of ${kind}: the rates sum up to ${sum}, more than 1`);
}
