/** A key-value store with compare-and-set, transactions, watches and sessions; Consul behind it, and a twin in memory. @packageDocumentation */
export { ConsulAcl, type AclPolicy, type AclToken, type KnownPolicy, type KnownToken } from './consul/consul-acl.ts';
export { ConsulKeyring, type RingState } from './consul/consul-keyring.ts';
export { ConsulKvStore, type ConsulKvOptions } from './consul/consul-kv-store.ts';
export { readSnapshot } from './consul/read-snapshot.ts';
export { KvError, type KvErrorCode } from './errors.ts';
export { caFromFile, tokenFromFile } from './fresh-file.ts';
export type {
  AcquireResult,
  KvEntry,
  KvOperation,
  KvStore,
  SessionOptions,
  TransactResult,
  WatchTarget,
  WriteResult,
} from './kv-store.ts';
export { MAX_OPERATIONS, MAX_TRANSACTION_BYTES, MAX_VALUE_BYTES } from './limits.ts';
export { MemoryKvStore } from './memory-kv-store.ts';
