import { knownFormats } from '../store/known-formats.ts';
import type { RecordFormats } from '../store/record-format.ts';

const present = knownFormats.writes.format;
/** Of no version yet: nothing that knows only the present one can read it. */
export const nextFormat = present + 1;

const reads: RecordFormats['reads'] = new Map([
  ...knownFormats.reads,
  [
    nextFormat,
    (plain, wanted) => {
      const { kind, written, content } = plain as { kind: string; written: object; content: object };
      if (kind !== wanted) throw new Error(`it is of ${kind}`);
      return { ...content, ...written };
    },
  ],
]);

/** The version that comes first: it reads both, and writes what the version before it reads. */
export const readsNext: RecordFormats = { reads, writes: knownFormats.writes };

/** The version after that. */
export const writesNext: RecordFormats = {
  reads,
  writes: {
    format: nextFormat,
    from(record, kind) {
      const { ca, epoch, ...content } = record as { ca: string; epoch: number };
      return { kind, written: { ca, epoch }, content };
    },
  },
};
