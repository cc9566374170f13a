import { z } from 'zod';
import type { AnsweredOrder, CaAnswer } from './ca-answer.ts';
import { csrPublicKey } from './csr-public-key.ts';
import type { Entry } from './entry.ts';
import { nameSet } from './name-set.ts';

/** An order that the CA made, whether or not the client ever heard of it. */
export interface SeenOrder {
  /** Path of its URL. */
  readonly path: string;
  /** Lowercase, sorted, each once. */
  readonly names: readonly string[];
  /** Identifier of the certificate that it replaces. @see RFC 9773, section 5 */
  readonly replaces: string | undefined;
  /** URL of the account, as its requests are signed. */
  readonly account: string | undefined;
  /** When the CA answered that it was made. */
  readonly placedAt: number;
  /** How often the CA answered with it to a new order: more than once where it gives back what is pending. */
  readonly placements: number;
  /** As the CA said last: `pending`, `ready`, `processing`, `valid` or `invalid`. */
  readonly status: string;
  /** Keys of all requests to finalize it that reached the CA, accepted or not, each once; see {@link csrPublicKey}. */
  readonly publicKeys: readonly string[];
  /** How many requests to finalize it the CA accepted. */
  readonly finalized: number;
  /** Path of its certificate, once the CA said it. */
  readonly certificate: string | undefined;
  /** How often a client got the whole certificate. */
  readonly downloads: number;
}

type OpenOrder = { -readonly [K in keyof Omit<SeenOrder, 'publicKeys'>]: SeenOrder[K] } & {
  readonly finalize: string;
  readonly publicKeys: string[];
};

/** What a new order asks for. */
export const NewOrder = z.object({
  identifiers: z.array(z.object({ value: z.string() })).transform((all) => nameSet(all.map(({ value }) => value))),
  replaces: z.string().optional(),
});

/** Orders by each path that requests for them go to. */
interface Index {
  readonly path: Map<string, OpenOrder>;
  readonly finalize: Map<string, OpenOrder>;
  readonly certificate: Map<string, OpenOrder>;
}

/** Puts together what the CA answered. The oldest order is first. */
export function seenOrders(entries: readonly Entry[]): readonly SeenOrder[] {
  const index: Index = { path: new Map(), finalize: new Map(), certificate: new Map() };
  for (const entry of entries) {
    for (const { answer } of entry.deliveries) if (answer !== undefined) note(index, entry, answer);
  }
  return [...index.path.values()].map(({ finalize: _, ...order }) => order);
}

function note(index: Index, entry: Entry, answer: CaAnswer): void {
  const path = entry.path.split('?')[0] ?? '';
  switch (entry.kind) {
    case 'new-order':
      notePlaced(index, entry, answer);
      break;
    case 'order':
      noteState(index, index.path.get(path), answer.order);
      break;
    case 'finalize':
      noteFinalized(index, index.finalize.get(path), entry, answer);
      break;
    case 'certificate':
      noteDownload(index.certificate.get(path), entry);
      break;
    default:
      break;
  }
}

function notePlaced(index: Index, { signed }: Entry, { at, location, order }: CaAnswer): void {
  const asked = NewOrder.safeParse(signed?.payload).data;
  if (location === undefined || order === undefined || asked === undefined) return;
  const known = index.path.get(location);
  if (known !== undefined) {
    known.placements += 1;
    noteState(index, known, order);
    return;
  }
  const account = signed?.header['kid'];
  const placed: OpenOrder = {
    path: location,
    names: asked.identifiers,
    replaces: asked.replaces,
    account: typeof account === 'string' ? account : undefined,
    placedAt: at,
    placements: 1,
    status: order.status,
    finalize: order.finalize,
    publicKeys: [],
    finalized: 0,
    certificate: undefined,
    downloads: 0,
  };
  index.path.set(location, placed);
  index.finalize.set(order.finalize, placed);
  noteState(index, placed, order);
}

function noteFinalized(index: Index, order: OpenOrder | undefined, { signed }: Entry, answer: CaAnswer): void {
  if (order === undefined) return;
  const key = csrPublicKey(signed?.payload?.['csr']);
  if (key !== undefined && !order.publicKeys.includes(key)) order.publicKeys.push(key);
  if (answer.status < 300) order.finalized += 1;
  noteState(index, order, answer.order);
}

function noteDownload(order: OpenOrder | undefined, { given }: Entry): void {
  if (order !== undefined && given?.kind === 'answered' && given.status === 200) order.downloads += 1;
}

/** Answers may have overtaken each other: what an order ended as it stays. */
function noteState(index: Index, order: OpenOrder | undefined, state: AnsweredOrder | undefined): void {
  if (order === undefined || state === undefined) return;
  if (order.status !== 'valid' && order.status !== 'invalid') order.status = state.status;
  if (state.certificate === undefined) return;
  order.certificate = state.certificate;
  index.certificate.set(state.certificate, order);
}
