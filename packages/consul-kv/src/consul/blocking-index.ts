/**
 * The index for the next blocking query, from the last one asked with and the one just answered.
 * An index that falls means that the store was restored or the key's history dropped: start over, or the query would sleep through changes.
 * 0 would not block.
 *
 * @see https://developer.hashicorp.com/consul/api-docs/features/blocking#implementation-details
 */
export function nextBlockingIndex(last: number, answered: number): number {
  if (answered < last) return 0;
  return Math.max(answered, 1);
}
