import type { ResourceKind } from './resource-kind.ts';

/** What `Retry-After` says: so many seconds, or the instant that many seconds later as an HTTP date, rounded up. @see RFC 9110, section 10.2.3 */
export interface RetryAfter {
  readonly seconds: number;
  readonly form: 'seconds' | 'date';
}

/** One thing that goes wrong with one request. */
export type Fault =
  /** The answer is an error, and the CA hears nothing: with an ACME problem document, or with a page as a load balancer has it. */
  | {
      readonly kind: 'server-error';
      readonly status: 500 | 502 | 503 | 504;
      readonly body: 'problem' | 'page';
      readonly retryAfter?: RetryAfter;
    }
  /** The answer is 429 with a problem document, and the CA hears nothing. */
  | { readonly kind: 'too-many'; readonly retryAfter?: RetryAfter; readonly detail?: string }
  /** The CA carries it out at once; its answer is held back for so long. */
  | { readonly kind: 'stall'; readonly milliseconds: number }
  /** The connection breaks, and the CA hears nothing. */
  | { readonly kind: 'reset-before' }
  /** The CA carries it out, and the connection breaks before a byte of the answer. */
  | { readonly kind: 'reset-after' }
  /**
   * The CA carries it out, and the second half of its answer is missing. `broken`: the connection breaks there, before the announced
   * length. `intact`: half the answer is passed off as the whole. What has no body to cut is a `reset-after`.
   */
  | { readonly kind: 'truncate'; readonly framing: 'broken' | 'intact' }
  /**
   * The CA gets it twice, one after the other. A CA that checks nonces carries out the first only, and refuses the second with `badNonce`:
   * a client that is given the second answer repeats with another nonce what was done already.
   */
  | { readonly kind: 'double'; readonly answer: 'first' | 'second' };

/** A fault that some of the requests of a kind have. */
export interface FaultRate {
  /** Share of the requests, 0 to 1. */
  readonly rate: number;
  /** At most so many times since the faults were set. Default: without an end. */
  readonly times?: number;
  readonly fault: Fault;
}

/** Faults by kind of resource. `any` is for the kinds that are not named. The rates of a kind sum up to at most 1. */
export type FaultRates = { readonly [kind in ResourceKind | 'any']?: readonly FaultRate[] };

/** 429 for every request of some kinds, until it is over. */
export interface Storm {
  /** Default: every kind. */
  readonly kinds?: readonly ResourceKind[];
  /** When it is over, in milliseconds since 1970. */
  readonly until: number;
  /** What its answers say. Default: what is left of the storm, in seconds. */
  readonly retryAfter?: RetryAfter;
}

/** What was done to a request. */
export type Injected = { readonly kind: 'none' } | { readonly kind: 'storm'; readonly retryAfter: RetryAfter } | Fault;
