/** For tests and benchmarks of this package and of what uses it. @packageDocumentation */
export { createMemoryAcme, type MemoryAcme } from './memory-store.ts';
export { startPebble, type Pebble, type PebbleOptions } from './pebble.ts';
export { createSelfSigned, type SelfSigned, type SelfSignedOptions } from './self-signed.ts';
