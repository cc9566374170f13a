/** What a certificate authority lets one have, as data, and the arithmetic of it. @packageDocumentation */
export { letsEncryptDirectory, letsEncryptLimits } from './lets-encrypt.ts';
export { registeredDomain } from './registered-domain.ts';
export {
  fullBucket,
  refilled,
  refillMs,
  take,
  timeToTake,
  type Bucket,
  type RateLimit,
  type Taken,
} from './token-bucket.ts';
