import { expect, test } from '@jest/globals';
import type { DnsProvider } from './dns-provider.ts';
import { DnsChallengeError } from './errors.ts';

/** A provider and the other side of it. */
export interface ProviderUnderTest {
  readonly provider: DnsProvider;
  /** A zone that it may write in; where zones are known, `sub.<zone>` is one too. */
  readonly zone: string;
  /** What the other side has at a name, in any order. */
  valuesAt(fqdn: string): Promise<readonly string[]>;
  /** Adds a value as somebody else would. */
  put(fqdn: string, value: string): Promise<void>;
  /** The same provider with credentials that the other side does not know. */
  readonly stranger: DnsProvider;
  /** What must never be in an error, the stranger's included. */
  readonly secrets: readonly string[];
}

export interface ProviderTraits {
  /** Whether it can tell that there is no zone for a name. */
  readonly knowsZones: boolean;
}

/** What every {@link DnsProvider} does. @param open - gives one whose zone is empty or is not written by other tests. */
export function testDnsProvider(
  name: string,
  { knowsZones }: ProviderTraits,
  open: () => Promise<ProviderUnderTest>,
): void {
  const { signal } = new AbortController();
  const sorted = (values: readonly string[]) => [...values].sort();
  let count = 0;
  const fresh = (zone: string) => `_acme-challenge.h${String((count += 1))}.${zone}`;

  test(`${name}: an added value is there, and no other`, async () => {
    const { provider, zone, valuesAt } = await open();
    const fqdn = fresh(zone);
    await provider.addTxt(fqdn, 'one', signal);
    expect(await valuesAt(fqdn)).toEqual(['one']);
    expect(await valuesAt(fresh(zone))).toEqual([]);
  });

  test(`${name}: adding twice is harmless`, async () => {
    const { provider, zone, valuesAt } = await open();
    const fqdn = fresh(zone);
    await provider.addTxt(fqdn, 'one', signal);
    await provider.addTxt(fqdn, 'one', signal);
    expect(await valuesAt(fqdn)).toEqual(['one']);
  });

  test(`${name}: values at one name live side by side, and are removed one by one`, async () => {
    const { provider, zone, valuesAt } = await open();
    const fqdn = fresh(zone);
    await provider.addTxt(fqdn, 'one', signal);
    await provider.addTxt(fqdn, 'two', signal);
    expect(sorted(await valuesAt(fqdn))).toEqual(['one', 'two']);
    await provider.removeTxt(fqdn, 'one', signal);
    expect(await valuesAt(fqdn)).toEqual(['two']);
    await provider.removeTxt(fqdn, 'two', signal);
    expect(await valuesAt(fqdn)).toEqual([]);
  });

  test(`${name}: removing what is gone succeeds, and takes nothing else away`, async () => {
    const { provider, zone, valuesAt } = await open();
    const fqdn = fresh(zone);
    await provider.removeTxt(fqdn, 'one', signal);
    await provider.addTxt(fqdn, 'two', signal);
    await provider.removeTxt(fqdn, 'one', signal);
    expect(await valuesAt(fqdn)).toEqual(['two']);
  });

  test(`${name}: values of others stay as they are`, async () => {
    const { provider, zone, put, valuesAt } = await open();
    const fqdn = fresh(zone);
    const theirs = 'ca.example; accounturi="x\\y" & <z>';
    await put(fqdn, theirs);
    await provider.addTxt(fqdn, 'one', signal);
    expect(sorted(await valuesAt(fqdn))).toEqual(sorted([theirs, 'one']));
    await provider.removeTxt(fqdn, 'one', signal);
    expect(await valuesAt(fqdn)).toEqual([theirs]);
  });

  test(`${name}: no value is lost when many are added and removed at once`, async () => {
    const { provider, zone, put, valuesAt } = await open();
    const fqdn = fresh(zone);
    await provider.addTxt(fqdn, 'gone', signal);
    const values = Array.from({ length: 5 }, (_, index) => `value-${String(index)}`);
    await Promise.all([
      ...values.map((value) => provider.addTxt(fqdn, value, signal)),
      provider.removeTxt(fqdn, 'gone', signal),
      put(fqdn, 'theirs'),
    ]);
    expect(sorted(await valuesAt(fqdn))).toEqual(sorted([...values, 'theirs']));
  });

  test(`${name}: a value longer than one string is kept whole`, async () => {
    const { provider, zone, valuesAt } = await open();
    const fqdn = fresh(zone);
    const long = 'abc '.repeat(100).trim();
    await provider.addTxt(fqdn, long, signal);
    expect(await valuesAt(fqdn)).toEqual([long]);
    await provider.removeTxt(fqdn, long, signal);
    expect(await valuesAt(fqdn)).toEqual([]);
  });

  test(`${name}: unknown credentials are told, and are not in the error`, async () => {
    const { stranger, zone, secrets, valuesAt } = await open();
    const fqdn = fresh(zone);
    const error: unknown = await stranger.addTxt(fqdn, 'one', signal).catch((caught: unknown) => caught);
    expect(error).toMatchObject({ name: 'DnsChallengeError', code: 'BAD_CREDENTIALS' });
    const text = everythingIn(error);
    expect(secrets.filter((secret) => text.includes(secret))).toEqual([]);
    expect(await valuesAt(fqdn)).toEqual([]);
  });

  test(`${name}: when aborted, it ends with the reason and has done nothing`, async () => {
    const { provider, zone, valuesAt } = await open();
    const fqdn = fresh(zone);
    const reason = new Error('no more time');
    await expect(provider.addTxt(fqdn, 'one', AbortSignal.abort(reason))).rejects.toBe(reason);
    expect(await valuesAt(fqdn)).toEqual([]);
  });

  if (!knowsZones) return;

  test(`${name}: a name below two zones is written in the nearer one`, async () => {
    const { provider, zone, valuesAt } = await open();
    const fqdn = fresh(`sub.${zone}`);
    await provider.addTxt(fqdn, 'one', signal);
    expect(await valuesAt(fqdn)).toEqual(['one']);
  });

  test(`${name}: a name outside of all zones is told`, async () => {
    const { provider } = await open();
    const adding = provider.addTxt('_acme-challenge.elsewhere.example', 'one', signal);
    await expect(adding).rejects.toMatchObject({ name: 'DnsChallengeError', code: 'NO_ZONE' });
  });
}

function everythingIn(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const hint = error instanceof DnsChallengeError ? error.hint : '';
  return [error.message, error.stack, hint, JSON.stringify(error), everythingIn(error.cause ?? '')].join('\n');
}
