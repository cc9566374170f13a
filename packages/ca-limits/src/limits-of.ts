import {
  letsEncryptDirectory,
  letsEncryptLimits,
  letsEncryptStagingDirectory,
  letsEncryptStagingLimits,
} from './lets-encrypt.ts';
import type { RateLimit } from './token-bucket.ts';

/** Limits of one CA; one that is not there, the CA does not have or does not tell. */
export type CaLimits = Readonly<Partial<Record<keyof typeof letsEncryptLimits, RateLimit>>>;

/** What is known of the CA with this directory: nothing, save for Let's Encrypt's two. */
export function limitsOf(directoryUrl: string): CaLimits {
  switch (directoryUrl) {
    case letsEncryptDirectory:
      return letsEncryptLimits;
    case letsEncryptStagingDirectory:
      return letsEncryptStagingLimits;
    default:
      return {};
  }
}
