import type { CaAnswer } from './ca-answer.ts';
import type { Injected } from './fault.ts';
import type { ResourceKind } from './resource-kind.ts';
import type { SignedRequest } from './signed-request.ts';

/** All instants are milliseconds since 1970, by the proxy's clock. */
export interface Entry {
  /** When its head had come in. */
  readonly at: number;
  readonly method: string;
  /** With its query. */
  readonly path: string;
  readonly kind: ResourceKind;
  readonly userAgent: string | undefined;
  /** `undefined` where the request is not signed, or not yet read to its end. */
  readonly signed: SignedRequest | undefined;
  readonly injected: Injected;
  /** Each time that it was sent to the CA: none to two. */
  readonly deliveries: readonly Delivery[];
  /** `undefined` while it is under way. */
  readonly given: Given | undefined;
}

export interface Delivery {
  readonly sentAt: number;
  /** `undefined` while the CA is at it, and when the CA gave none: see `failure`. */
  readonly answer: CaAnswer | undefined;
  /** Why the CA gave no answer; the client then got a 502. Nobody asked for this fault. */
  readonly failure: string | undefined;
}

/** What the client got. */
export type Given = { readonly at: number } & (
  | {
      /** `truncated`: half of it. */
      readonly kind: 'answered' | 'truncated';
      readonly status: number;
      /** For 429 and 503 only: the instant that its `Retry-After` names. */
      readonly retryAt: number | undefined;
    }
  /** The connection was broken before the answer. */
  | { readonly kind: 'broken' }
  /** The client did not wait for it. */
  | { readonly kind: 'left' }
);

type Writable<T> = { -readonly [K in keyof T]: T[K] };

/** As the proxy writes it. */
export interface OpenEntry extends Writable<Omit<Entry, 'deliveries'>> {
  readonly deliveries: Writable<Delivery>[];
}
