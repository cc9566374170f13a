import { flags, frame, headers, setting, types, u32, type Field } from './h2-frames.ts';
import type { Target } from './http-kinds.ts';
import type { Random } from './random.ts';

/** Where a request goes to, and what is to be known there. */
export interface Door extends Target {
  readonly id: string;
  readonly random: Random;
  readonly limits: Limits;
  /** Fields of a request for a page that is there, with others in the place of its own, without those that are empty. */
  request(own?: Readonly<Record<string, string>>, ...more: readonly Field[]): Buffer;
}

export interface Limits {
  /** Of all fields together. */
  readonly headerBytes: number;
  /** At a time. */
  readonly streams: number;
}

/** What a client sends on one connection once it has said that it speaks HTTP/2. */
export interface Frames {
  readonly send: readonly Buffer[];
  /** That are to be answered or reset; without one only the connection is looked at. */
  readonly streams?: readonly number[];
  /** Of the client's own SETTINGS. */
  readonly settings?: Buffer;
  /** Afterwards, piece by piece. */
  readonly drip?: readonly Buffer[];
}

/**
 * A form of hostility: what is right as an outcome, and the frames. Outcomes are statuses, resets and GOAWAY in the order of the alphabet, or
 * `nothing` where all that came back was the answer to the PING at the end.
 */
export type Form = readonly [right: string, frames: (at: Door) => Frames];

/** On `web` there is a redirect for everything. */
export const NO_ROUTE = '(301|308|404)';
export const RESET = 'reset PROTOCOL_ERROR';
export const GIVEN_UP = 'goaway PROTOCOL_ERROR';
export const WINDOW_MOST = 2 ** 31 - 1;

export const one = (...send: readonly Buffer[]): Frames => ({ send, streams: [1] });
export const whole = (...send: readonly Buffer[]): Frames => ({ send });
export const times = (count: number, make: (index: number) => Buffer): readonly Buffer[] =>
  Array.from({ length: count }, (_, index) => make(index));
export const odd = (index: number): number => 2 * index + 1;

/** HEADERS of a request whose body is still to come. */
export const open = (block: Buffer): Buffer => headers(1, block, 0);
export const data = (payload: string): Buffer => frame(types.DATA, flags.END_STREAM, 1, Buffer.from(payload));
export const window = (stream: number, more: number): Buffer => frame(types.WINDOW_UPDATE, 0, stream, u32(more));
export const settings = (id: number, value: number): Buffer => frame(types.SETTINGS, 0, 0, setting(id, value));
export const firstWindow = (bytes: number): Buffer => setting(4, bytes);
