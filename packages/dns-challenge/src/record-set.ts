/*
 * Providers that know the records of a name only as a whole are changed by reading the whole, changing it, and writing it on condition
 * that nobody else wrote meanwhile.
 */
import { DnsChallengeError } from './errors.ts';

/** One value to be there, or not to be there. */
export interface Edit {
  readonly kind: 'add' | 'remove';
  readonly value: string;
}

/** How a provider writes a value. */
export interface Form<T> {
  readonly read: (item: T) => string;
  readonly write: (value: string) => T;
}

/** The items as they are to be; undefined when they are so already. The items of others stay as they were written. */
export function edited<T>(items: readonly T[], { kind, value }: Edit, form: Form<T>): readonly T[] | undefined {
  const others = items.filter((item) => form.read(item) !== value);
  const isThere = others.length < items.length;
  if (kind === 'add') return isThere ? undefined : [...items, form.write(value)];
  return isThere ? others : undefined;
}

/** Others that write at the same name at the same time are few. */
const ATTEMPTS = 6;

/**
 * Calls `attempt`, which reads, changes and writes, until nobody was faster.
 * @throws DnsChallengeError `CONFLICT`
 */
export async function untilWritten<T extends object>(
  fqdn: string,
  attempt: () => Promise<T | 'changed-meanwhile'>,
): Promise<T> {
  for (let count = 1; count <= ATTEMPTS; count += 1) {
    const result = await attempt();
    if (result !== 'changed-meanwhile') return result;
  }
  throw new DnsChallengeError(
    'CONFLICT',
    `changing the TXT records of ${fqdn}: somebody else changed them ${ATTEMPTS} times meanwhile`,
    { hint: 'look what else writes at this name' },
  );
}
