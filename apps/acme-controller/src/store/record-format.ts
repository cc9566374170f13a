import { CipherError } from '../cipher/record-cipher.ts';

export type RecordKind = 'account' | 'certificate' | 'order';

/** From the plain JSON of one format to that of another. May throw at what is not in the shape of the first. */
export type Conversion = (plain: unknown, kind: RecordKind) => unknown;

/**
 * A format is what the JSON of sealed records looks like. Its number stands in the envelope, which is the same in all of them. This program
 * knows records in one shape alone, its schemas'; formats are what they come from and go to.
 */
export interface RecordFormats {
  /** By number, how a format becomes the present shape. */
  readonly reads: ReadonlyMap<number, Conversion>;
  /** The one of them that new records are in, and how the present shape becomes it. */
  readonly writes: { readonly format: number; readonly from: Conversion };
}

/** @throws CipherError `UNKNOWN_FORMAT` for one that is not read */
export function conversionFrom(format: number, formats: RecordFormats, doing: string): Conversion {
  const conversion = formats.reads.get(format);
  if (conversion !== undefined) return conversion;
  const known = [...formats.reads.keys()].join(' and ');
  throw new CipherError('UNKNOWN_FORMAT', `${doing}: format ${format} is found, and this version reads ${known}`, {
    hint: 'run the version that reads it; to run this one, let a version that reads both bring all records into the earlier format first; nothing was changed',
  });
}
