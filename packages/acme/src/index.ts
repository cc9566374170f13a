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
  OnCheckpoint,
  Publication,
  RecordStore,
  SaveResult,
  Stored,
} from './ports.ts';
export { AccountRecord, CertificateRecord, ChallengeRecord, OrderRecord, Problem, SavedChallenge } from './records.ts';
export type { Engine, EngineOptions } from './engine.ts';
export type { OrderOutcome } from './order/outcome.ts';
export type { CaOptions, CertificateAuthority } from './protocol/certificate-authority.ts';
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
export { renewAt, type Validity } from './plan/renew-at.ts';
export { caId, certificateId, nameSet } from './keys/certificate-id.ts';
