import type { KvOperation } from '@gatefleet/consul-kv';

/** Operations of one caller: all of them or none. */
export interface Write<Result> {
  readonly operations: readonly KvOperation[];
  readonly done: (result: Result) => void;
  readonly failed: (error: unknown) => void;
}

/** A share of Consul's 512 KiB a transaction that leaves room for keys and JSON around values in base64. */
const MOST_VALUE_BYTES = 340 * 1024;

/**
 * The next writes that can go in one transaction, in their order; at least one. Two writes of one key follow each other, for the second
 * expects what the first one makes.
 */
export function takeTogether<Result>(queue: Write<Result>[], mostOperations: number): Write<Result>[] {
  const keys = new Set<string>();
  let operations = 0;
  let bytes = 0;
  const end = queue.findIndex((write, index) => {
    operations += write.operations.length;
    bytes += write.operations.reduce((sum, each) => sum + ('value' in each ? Buffer.byteLength(each.value) : 0), 0);
    const isAgain = write.operations.some(({ key }) => keys.has(key));
    const isTooMuch = operations > mostOperations || bytes > MOST_VALUE_BYTES || isAgain;
    for (const { key } of write.operations) keys.add(key);
    return index > 0 && isTooMuch;
  });
  return queue.splice(0, end === -1 ? queue.length : end);
}
