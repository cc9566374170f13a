import type { RecordFormats } from './record-format.ts';

/**
 * What this version reads and writes.
 *
 * A change of records needs another number when an earlier version would refuse them, misunderstand them, or lose for good what it does not
 * know: it drops unknown fields on reading, and so a save writes the record without them. A further field that may be missing, and that is found
 * out again when it is, needs none.
 *
 * Another number takes two versions, so that there is always one to go back to: the first reads both and writes the earlier one, the second
 * writes the later one. A third may forget the earlier one.
 */
export const knownFormats: RecordFormats = {
  reads: new Map([[1, (plain) => plain]]),
  writes: { format: 1, from: (record) => record },
};
