/** Decides when certificates are due and obtains them over ACME (RFC 8555). Knows nothing of Kubernetes or Consul. @packageDocumentation */
export { AcmeError, type AcmeErrorCode, type AcmeErrorDetails } from './errors.ts';
export type {
  AcmeStore,
  CertificatePublisher,
  ChallengeReadiness,
  ChallengeStore,
  Checkpoint,
  Clock,
  DeleteResult,
  DnsAnswer,
  DnsChallenges,
  HostLead,
  OnCheckpoint,
  PersistAccount,
  PersistAnswer,
  PersistChallenges,
  Preflight,
  Publication,
  RecordStore,
  SaveResult,
  Stored,
} from './ports.ts';
export {
  AccountRecord,
  CertificateRecord,
  ChallengeRecord,
  OrderRecord,
  Problem,
  SavedChallenge,
  type RevocationReason,
} from './records.ts';
export { checkpoints } from './ports.ts';
export { createEngine, type Engine, type EngineOptions, type OrderWish, type Rolled } from './engine.ts';
export type { IssuerOptions } from './issuers/issuer.ts';
export { BucketState, type Buckets } from './ledger/buckets.ts';
export type { BucketName } from './ledger/bucket-name.ts';
export type { LedgerStore } from './ledger/ledger.ts';
export { observedPlans, type ObservedIssuer } from './schedule/observed-plans.ts';
export type { ExternalAccount } from './protocol/external-account.ts';
export { systemClock } from './clock.ts';
export { challengePath, challengeToken } from './challenge-path.ts';
export { parseHostName, type HostName } from './keys/host-name.ts';
export { canonicalSerial, parseLeaf, type LeafCertificate } from './keys/certificate.ts';
export { sweepChallenges } from './order/clean-up.ts';
export type { OrderOutcome } from './order/outcome.ts';
export {
  connectCa,
  type CaOptions,
  type CertificateAuthority,
  type SignedRequest,
} from './protocol/certificate-authority.ts';
export { importAccountKey, type AccountKey } from './protocol/account-key.ts';
export {
  openAccount,
  registerAccount,
  type AcmeAccount,
  type NewOrder,
  type OrderState,
  type Registration,
} from './protocol/account.ts';
export { backoffMs, type Failure } from './plan/backoff.ts';
export {
  planCertificate,
  planCertificates,
  type CertificatePlan,
  type Decision,
  type Known,
  type Observed,
  type Wanted,
} from './plan/plan.ts';
export type { Gateways, Settled } from './revocation/revocations.ts';
export { renewAt, type Renewable, type Validity } from './plan/renew-at.ts';
export { RenewalWindows, type Refreshed, type RenewalWindowsOptions } from './renewal/renewal-windows.ts';
export { caId, certificateId, nameSet } from './keys/certificate-id.ts';
