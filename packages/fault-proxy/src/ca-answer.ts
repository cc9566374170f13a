import { z } from 'zod';
import type { CaResponse } from './forwarder.ts';
import type { ResourceKind } from './resource-kind.ts';

/** What the journal keeps of an answer of the CA, whether or not the client got it. URLs are kept as paths. */
export interface CaAnswer {
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly status: number;
  /** Path of the `Location`. */
  readonly location: string | undefined;
  /** Type of the problem document, for instance `urn:ietf:params:acme:error:badNonce`. */
  readonly problem: string | undefined;
  /** Where the answer is an order. */
  readonly order: AnsweredOrder | undefined;
}

const path = z.url().transform((url) => new URL(url).pathname);
const AnsweredOrder = z.object({ status: z.string(), finalize: path, certificate: path.optional() });
export type AnsweredOrder = z.infer<typeof AnsweredOrder>;

const Problem = z.object({ type: z.string() });

const withOrder: readonly ResourceKind[] = ['new-order', 'order', 'finalize'];

export function readCaAnswer(kind: ResourceKind, { status, headers, body }: CaResponse, at: number): CaAnswer {
  const { data: location } = path.safeParse(headers['location']?.[0]);
  const isError = status >= 400;
  return {
    at,
    status,
    location,
    problem: isError ? read(Problem, body)?.type : undefined,
    order: !isError && withOrder.includes(kind) ? read(AnsweredOrder, body) : undefined,
  };
}

function read<T>(schema: z.ZodType<T>, body: Buffer): T | undefined {
  try {
    return schema.parse(JSON.parse(body.toString()));
  } catch {
    return undefined;
  }
}
