/** Writes and checks the DNS records that prove names to a CA: DNS-01, and DNS-PERSIST-01. @packageDocumentation */
export { systemClock, type Clock } from './clock.ts';
export {
  createDnsProvider,
  type ChallengePolicy,
  type CreateDnsProviderOptions,
  type SecretReader,
  type SecretReference,
} from './create-dns-provider.ts';
export { resolveDelegation, type DelegationOptions } from './delegation/resolve-delegation.ts';
export type { DnsProvider } from './dns-provider.ts';
export { dnsRecordOf, type TxtRecord } from './dns-record-of.ts';
export { DnsChallengeError, type DnsChallengeErrorCode, type DnsChallengeErrorDetails } from './errors.ts';
export {
  checkPersistRecord,
  type PersistCheck,
  type PersistCheckOptions,
  type PersistFlaw,
} from './persist/check-persist-record.ts';
export {
  accountUris,
  persistRecord,
  type PersistAccount,
  type PersistOptions,
  type PersistRecord,
} from './persist/persist-record.ts';
export type { PodEnvironment } from './pod-identity.ts';
export {
  untilVisible,
  visibilityText,
  type Lacking,
  type Visibility,
  type VisibilityOptions,
} from './propagation/until-visible.ts';
