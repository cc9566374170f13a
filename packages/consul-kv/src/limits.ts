import { KvError } from './errors.ts';
import type { KvOperation } from './kv-store.ts';

/** Consul's `kv_max_value_size`. */
export const MAX_VALUE_BYTES = 512 * 1024;
/** Consul's `txn_max_req_len`: bounds the request's body, in which values are base64 in JSON. */
export const MAX_TRANSACTION_BYTES = 512 * 1024;
/** The lowest limit of the Consul versions in use; from 1.12 it is 128. */
export const MAX_OPERATIONS = 64;
/** Longer keys fail in Consul's URL handling before they fail in its store. */
const MAX_KEY_BYTES = 512;

// Control characters and white space are legal in Consul, and a trap for whoever reads the key in a log or a URL.
const segment = /^[^\s\p{C}/]+$/u;

export function checkKey(key: string): void {
  const isGood = key
    .split('/')
    .every((part, i, all) => segment.test(part) && part !== '.' && part !== '..' && all.length > 0);
  if (!isGood) {
    throw new KvError('INVALID_KEY', `using the key ${JSON.stringify(key.slice(0, 200))}`, {
      hint: 'segments between slashes must not be empty, "." or "..", and hold no white space or control character',
    });
  }
  if (Buffer.byteLength(key) > MAX_KEY_BYTES) {
    throw new KvError(
      'INVALID_KEY',
      `using a key of ${Buffer.byteLength(key)} bytes, at most ${MAX_KEY_BYTES} are allowed`,
    );
  }
}

export function checkPrefix(prefix: string): void {
  if (!prefix.endsWith('/')) throw new KvError('INVALID_KEY', `using the prefix "${prefix}" that does not end in "/"`);
  checkKey(prefix.slice(0, -1));
}

export function checkValue(key: string, value: string): void {
  const bytes = Buffer.byteLength(value);
  if (bytes > MAX_VALUE_BYTES) {
    throw new KvError(
      'TOO_LARGE',
      `writing ${key}: the value has ${bytes} bytes, at most ${MAX_VALUE_BYTES} are allowed`,
    );
  }
}

export function checkOperations(operations: readonly KvOperation[]): void {
  if (operations.length === 0) throw new KvError('INVALID_OPERATION', 'running a transaction of no operations');
  if (operations.length > MAX_OPERATIONS) {
    throw new KvError(
      'TOO_LARGE',
      `running a transaction of ${operations.length} operations, at most ${MAX_OPERATIONS} are allowed`,
    );
  }
  for (const operation of operations) {
    checkKey(operation.key);
    if ('value' in operation) checkValue(operation.key, operation.value);
  }
}

/** @param body - the transaction as it goes over the wire. */
export function checkTransactionBody(body: string, firstKey: string): void {
  const bytes = Buffer.byteLength(body);
  if (bytes > MAX_TRANSACTION_BYTES) {
    throw new KvError(
      'TOO_LARGE',
      `running the transaction that begins with ${firstKey}: its body has ${bytes} bytes, at most ${MAX_TRANSACTION_BYTES} are allowed`,
      { hint: 'split it, or write smaller values' },
    );
  }
}
