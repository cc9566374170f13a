import type { KvStore } from '@gatefleet/consul-kv';
import { z } from 'zod';
import type { RecordCipher } from '../cipher/record-cipher.ts';
import type { Fence } from './fence.ts';
import { SEALED_WITH } from './keys.ts';
import { conversionFrom, type RecordFormats } from './record-format.ts';

const SealedWith = z.object({
  keys: z.array(z.string()).readonly(),
  /** Missing in a note from before there was a second format. */
  formats: z.array(z.int()).default([1]).readonly(),
});

/** Names of the keys and numbers of the formats that records may have, those of new ones first. */
export type SealedWith = z.infer<typeof SealedWith>;

/** None where no leader has told yet. Any replica may read it. */
export async function readSealedWith(store: Pick<KvStore, 'get'>, signal: AbortSignal): Promise<SealedWith> {
  const entry = await store.get(SEALED_WITH, signal);
  return entry === undefined ? { keys: [], formats: [] } : SealedWith.parse(JSON.parse(entry.value));
}

/** @throws CipherError `UNKNOWN_FORMAT` when records may be in one that is not read */
export function refuseUnknownFormats(sealedWith: SealedWith, formats: RecordFormats): void {
  for (const format of sealedWith.formats) conversionFrom(format, formats, 'looking which formats records are in');
}

export interface NoteSealingOptions {
  readonly cipher: Pick<RecordCipher, 'keyId' | 'keyIds'>;
  readonly formats: RecordFormats;
  readonly store: Pick<KvStore, 'get'>;
  readonly fence: Fence;
}

/**
 * Notes the key that seals and the format that is written, beside those that are noted.
 *
 * @returns all of them, those two first; undefined where this leads no more
 * @throws CipherError `UNKNOWN_FORMAT` when one is noted that is not read; then nothing is
 */
export async function noteSealing(
  { cipher, formats, store, fence }: NoteSealingOptions,
  signal: AbortSignal,
): Promise<SealedWith | undefined> {
  const told = await readSealedWith(store, signal);
  refuseUnknownFormats(told, formats);
  const noted: SealedWith = {
    keys: firstOf(cipher.keyId, told.keys, cipher.keyIds),
    formats: firstOf(formats.writes.format, told.formats, [...formats.reads.keys()]),
  };
  if (told.keys[0] === noted.keys[0] && told.formats[0] === noted.formats[0]) return told;
  return (await writeSealedWith(fence, noted, signal)) ? noted : undefined;
}

/** @param all - where none is told, it may be any of these */
function firstOf<T>(first: T, told: readonly T[], all: readonly T[]): readonly T[] {
  return [...new Set([first, ...(told.length === 0 ? all : told)])];
}

/** @returns whether this still leads */
export async function writeSealedWith(fence: Fence, sealedWith: SealedWith, signal: AbortSignal): Promise<boolean> {
  const { kind } = await fence.transact([{ kind: 'set', key: SEALED_WITH, value: JSON.stringify(sealedWith) }], signal);
  return kind === 'written';
}
