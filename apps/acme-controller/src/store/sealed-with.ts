import type { KvStore } from '@gatefleet/consul-kv';
import { z } from 'zod';
import type { RecordCipher } from '../cipher/record-cipher.ts';
import type { Fence } from './fence.ts';
import { SEALED_WITH } from './keys.ts';

const SealedWith = z.object({ keys: z.array(z.string()) });

/** Names of the keys that records may be sealed with, the one for new ones first; none where no leader has told yet. Any replica may read it. */
export async function readSealedWith(store: Pick<KvStore, 'get'>, signal: AbortSignal): Promise<readonly string[]> {
  const entry = await store.get(SEALED_WITH, signal);
  return entry === undefined ? [] : SealedWith.parse(JSON.parse(entry.value)).keys;
}

export interface NoteKeyOptions {
  readonly cipher: Pick<RecordCipher, 'keyId' | 'keyIds'>;
  readonly store: Pick<KvStore, 'get'>;
  readonly fence: Fence;
}

/** Notes the key that seals, beside those that are noted. @returns all of them, that one first; undefined where this leads no more */
export async function noteKey(
  { cipher, store, fence }: NoteKeyOptions,
  signal: AbortSignal,
): Promise<readonly string[] | undefined> {
  const { keyId, keyIds } = cipher;
  const told = await readSealedWith(store, signal);
  if (told[0] === keyId) return told;
  const noted = [...new Set([keyId, ...(told.length === 0 ? keyIds : told)])];
  return (await writeSealedWith(fence, noted, signal)) ? noted : undefined;
}

/** @returns whether this still leads */
export async function writeSealedWith(fence: Fence, keys: readonly string[], signal: AbortSignal): Promise<boolean> {
  const value = JSON.stringify({ keys: [...keys] } satisfies z.infer<typeof SealedWith>);
  const { kind } = await fence.transact([{ kind: 'set', key: SEALED_WITH, value }], signal);
  return kind === 'written';
}
