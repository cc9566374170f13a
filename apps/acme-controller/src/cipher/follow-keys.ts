import { setTimeout as sleep } from 'node:timers/promises';
import { KvError, type KvStore } from '@gatefleet/consul-kv';
import type { Logger } from '../log.ts';
import { retry } from '../retry.ts';
import type { RecordFormats } from '../store/record-format.ts';
import { readSealedWith, refuseUnknownFormats } from '../store/sealed-with.ts';
import { readCipher, wrongKey, type RecordCipher } from './record-cipher.ts';

export interface FollowKeysOptions {
  readonly file: string;
  readonly cipher: RecordCipher;
  readonly store: Pick<KvStore, 'get'>;
  readonly log: Logger;
  /** Between two looks. @defaultValue 5 seconds */
  readonly everyMs?: number;
}

/** Once the store answers. @throws CipherError `WRONG_KEY` or `UNKNOWN_FORMAT` when records may have a key or format that is not there */
export async function refuseUnreadable(
  options: FollowKeysOptions & { readonly formats: RecordFormats },
  signal: AbortSignal,
): Promise<void> {
  const { store, cipher, formats, file, log } = options;
  const sealedWith = await retry(() => readSealedWith(store, signal), {
    firstMs: 200,
    lastMs: 3_000,
    isRetryable: (error) => error instanceof KvError,
    onRetry: (error) => log.warn({ err: error }, 'waiting for Consul, to see which keys and formats its records have'),
    signal,
  });
  refuseUnknownFormats(sealedWith, formats);
  refuseWrongKeys(sealedWith.keys, cipher, file);
}

/** Takes over the keys in the file when they change. What is bad, or lacks a key that records are sealed with, is told and not taken. */
export async function followKeys(options: FollowKeysOptions, signal: AbortSignal): Promise<void> {
  const { file, cipher, store, log, everyMs = 5_000 } = options;
  let told: string | undefined;
  for (;;) {
    await sleep(everyMs, undefined, { signal }).catch(() => undefined);
    if (signal.aborted) return;
    try {
      const next = await readCipher(file);
      if (next.keyIds.join() !== cipher.keyIds.join()) {
        refuseWrongKeys((await readSealedWith(store, signal)).keys, next, file);
        cipher.take(next);
        log.info(
          { key: cipher.keyId, count: cipher.keyIds.length },
          'took other encryption keys, of which this one seals',
        );
      }
      told = undefined;
    } catch (error) {
      if (signal.aborted) return;
      const message = String(error);
      if (message !== told) log.error({ err: error }, 'the encryption keys stay as they are');
      told = message;
    }
  }
}

function refuseWrongKeys(sealedWith: readonly string[], cipher: RecordCipher, file: string): void {
  const wanted = sealedWith.find((id) => !cipher.keyIds.includes(id));
  if (wanted !== undefined)
    throw wrongKey(`comparing ${file} with what records are sealed with`, wanted, cipher.keyIds);
}
