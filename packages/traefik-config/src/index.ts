/** Traefik's dynamic configuration as we publish it: typed, checked, and as the key tree that its KV provider reads. @packageDocumentation */
export { challengeAndRedirect, type ChallengeAndRedirectOptions } from './challenge-and-redirect.ts';
export { TraefikConfigError, type TraefikConfigErrorCode } from './errors.ts';
export { checkHost, type HostCheck } from './host.ts';
export { certificateKeys, configOf, keysOf } from './key-tree.ts';
export { hostRule, pathPrefixRule } from './rule.ts';
export { CertificateId, TraefikConfig } from './schema.ts';
