/** For tests of this package and of what implements its ports. Needs Jest. @packageDocumentation */
export { testAcmeStore, type AcmeStoreUnderTest } from './acme-store.contract.ts';
export { createMemoryAcme, type MemoryAcme } from './memory-store.ts';
export { startPebble, type Pebble, type PebbleOptions } from './pebble.ts';
export { createSelfSigned, type SelfSigned, type SelfSignedOptions } from './self-signed.ts';
