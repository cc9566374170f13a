/** Reads certificates from other places, and writes and reads our own backups: of certificates, and of the whole store. No file, no store. @packageDocumentation */
export { detectFormat, type TransferFormat } from './detect-format.ts';
export { TransferError, type TransferErrorCode } from './errors.ts';
export { writeBackup, type BackupOptions } from './formats/backup.ts';
export { defaultScryptCost, type ScryptCost } from './formats/passphrase-seal.ts';
export { planImport, type ExistingCertificate, type ImportStep } from './plan-import.ts';
export { checkCertificates } from './check-certificates.ts';
export {
  openSnapshot,
  sealSnapshot,
  type OpenedSnapshot,
  type SnapshotFacts,
  type SnapshotToSeal,
} from './snapshot/sealed-snapshot.ts';
export { readCertificates, type ReadOptions } from './read-certificates.ts';
export type {
  DuplicateCertificate,
  ReadResult,
  RefusedCertificate,
  TransferredCertificate,
} from './transferred-certificate.ts';
