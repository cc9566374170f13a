import { setTimeout as sleep } from 'node:timers/promises';
import type { KvStore } from '@gatefleet/consul-kv';
import { CipherError, type RecordCipher } from '../cipher/record-cipher.ts';
import type { Logger } from '../log.ts';
import type { Fence } from '../store/fence.ts';
import type { RecordFormats } from '../store/record-format.ts';
import type { SealAnewResult } from '../store/sealed-records.ts';
import { noteSealing, writeSealedWith } from '../store/sealed-with.ts';
import { Wake } from './wake.ts';

/** Records of one kind. */
export interface Resealable {
  ids(signal: AbortSignal): Promise<readonly string[]>;
  sealAnew(id: string, signal: AbortSignal): Promise<SealAnewResult>;
}

export interface WatchSealingOptions {
  readonly cipher: RecordCipher;
  readonly formats: RecordFormats;
  readonly store: Pick<KvStore, 'get'>;
  readonly fence: Fence;
  readonly kinds: readonly Resealable[];
  /** How many records may have another key or format than the present ones. */
  readonly onLeft: (records: number) => void;
  readonly log: Logger;
}

const RETRY_MS = 5_000;
/** A store that was set back has older records. */
const LOOK_EVERY_MS = 60_000;
/** Under way at once: the leader's other writes come in between. */
const TOGETHER = 32;
const CHANGED_PAUSE_MS = 100;

/** Sees to it that all records have the present key and format, until the term is over. What an earlier term began is gone on with. */
export async function watchSealing(options: WatchSealingOptions, signal: AbortSignal): Promise<void> {
  const wake = new Wake();
  options.cipher.onChange(wake.set, signal);
  while (!signal.aborted) {
    let waitMs = LOOK_EVERY_MS;
    try {
      await sealAll(options, signal);
    } catch (error) {
      if (signal.aborted) return;
      options.log.error({ err: error }, 'not all records have the present key and format yet');
      waitMs = RETRY_MS;
    }
    await wake.wait(waitMs, signal);
  }
}

async function sealAll(options: WatchSealingOptions, signal: AbortSignal): Promise<void> {
  const { cipher, formats, fence, kinds, onLeft, log } = options;
  const { keyId } = cipher;
  const { format } = formats.writes;
  // Writes keep their order: once this one is done, none is on its way that an earlier key has sealed.
  const noted = await noteSealing(options, signal);
  if (noted === undefined) return;
  if (noted.keys.length === 1 && noted.formats.length === 1) return onLeft(0);

  const listed = await Promise.all(kinds.map(async (kind) => (await kind.ids(signal)).map((id) => ({ kind, id }))));
  const all = listed.flat();
  log.info({ key: keyId, format, count: all.length }, 'sealing all records with this key, in this format');
  let sealed = 0;
  for (let left = all; left.length > 0;) {
    const changed: typeof left = [];
    for (let at = 0; at < left.length; at += TOGETHER) {
      onLeft(left.length - at + changed.length);
      const together = left.slice(at, at + TOGETHER);
      const results = await Promise.all(together.map((one) => sealOne(one, log, signal)));
      if (results.includes('lost-leadership')) return;
      changed.push(...together.filter((_, index) => results[index] === 'changed'));
      sealed += results.filter((result) => result === 'sealed').length;
    }
    if (changed.length > 0) await sleep(CHANGED_PAUSE_MS, undefined, { signal });
    left = changed;
  }
  // Other keys have come meanwhile, and with them the next call.
  if (cipher.keyId !== keyId) return;
  if (!(await writeSealedWith(fence, { keys: [keyId], formats: [format] }, signal))) return;
  onLeft(0);
  log.info({ key: keyId, format, count: sealed }, 'all records are sealed with this key, in this format');
}

async function sealOne(
  { kind, id }: { readonly kind: Resealable; readonly id: string },
  log: Logger,
  signal: AbortSignal,
): Promise<SealAnewResult> {
  try {
    return await kind.sealAnew(id, signal);
  } catch (error) {
    if (!(error instanceof CipherError) || error.code !== 'BAD_RECORD') throw error;
    // No key opens it, so none is needed for it.
    log.error({ err: error }, 'a record cannot be read');
    return 'as-it-is';
  }
}
