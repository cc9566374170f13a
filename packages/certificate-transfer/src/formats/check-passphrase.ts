import { TransferError } from '../errors.ts';

const MIN_PASSPHRASE = 12;

/** Whether it may seal what lies where others find it. @throws TransferError `PASSPHRASE_TOO_SHORT` */
export function checkPassphrase(passphrase: string): void {
  if (passphrase.length >= MIN_PASSPHRASE) return;
  throw new TransferError(
    'PASSPHRASE_TOO_SHORT',
    `writing a backup: the passphrase has fewer than ${MIN_PASSPHRASE} characters`,
    'Choose a longer one, for instance five words drawn by lot, and keep it apart from the file.',
  );
}
