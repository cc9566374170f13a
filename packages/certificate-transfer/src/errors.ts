/** Public API: add codes, never rename them. Each has a row in docs/errors.md. */
export type TransferErrorCode =
  /** The bytes are none of the formats that are understood. */
  | 'UNKNOWN_FORMAT'
  /** The format is known, but the file as a whole cannot be read: cut off, or not the form that its writer gives it. */
  | 'INPUT_BROKEN'
  /** A backup does not open: the passphrase is another, or a byte was changed. The cipher cannot tell which. */
  | 'BACKUP_NOT_OPENED'
  /** A backup of a later version of this program. */
  | 'BACKUP_TOO_NEW'
  /** A backup was given without its passphrase. */
  | 'PASSPHRASE_MISSING'
  /** A backup was to be written with a passphrase that is too easily guessed. */
  | 'PASSPHRASE_TOO_SHORT';

/**
 * A file as a whole cannot be read or written. What is wrong with one certificate in it is a result, not an error.
 *
 * It has no `cause`: parsers quote what they stumble over, and that may be a private key.
 */
export class TransferError extends Error {
  override readonly name = 'TransferError';
  readonly code: TransferErrorCode;
  /** The next step for a person. */
  readonly hint: string;

  /** @param message - what was under way and with which file, without a final period. Never anything that the file contains. */
  constructor(code: TransferErrorCode, message: string, hint: string) {
    super(message);
    this.code = code;
    this.hint = hint;
  }
}
