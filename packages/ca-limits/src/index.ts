/** What a certificate authority lets one have, as data, and the arithmetic of it. @packageDocumentation */
export { letsEncryptDirectory, letsEncryptLimits, letsEncryptStagingDirectory } from './lets-encrypt.ts';
export { limitsOf, type CaLimits } from './limits-of.ts';
export { registeredDomain } from './registered-domain.ts';
export {
  fullBucket,
  refilled,
  refillMs,
  take,
  takenAt,
  timeToTake,
  type Bucket,
  type RateLimit,
  type Taken,
} from './token-bucket.ts';
