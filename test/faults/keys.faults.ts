import { hash, randomBytes } from 'node:crypto';
import { fingerprint } from '@gatefleet/certificate-commands';
import { expect, test } from '@jest/globals';
import { expectOnce } from './support/expect.ts';
import { tellFigures } from './support/figures.ts';
import { hostsOf, isLong, PATIENCE_MS } from './support/form.ts';
import { openSealed } from './support/open-sealed.ts';
import { refused } from './support/refused.ts';
import { useStand } from './support/use-stand.ts';

const open = useStand();

test('leaders that are killed while they seal records anew leave none behind, and none that the former key opens', async () => {
  const at = await open();
  const hosts = hostsOf(isLong ? 1_000 : 200);
  await at.want(hosts);
  const replicas = [await at.startReplica(0), await at.startReplica(1)];
  await at.untilPublished(hosts, PATIENCE_MS);
  await at.until('gatefleet/orders/', (entries) => entries.length === 0);

  const next = randomBytes(32).toString('base64');
  const haveKeys = async (...keys: string[]) => {
    await at.writeKeys(keys);
    const wanted = keys.map(fingerprint).join();
    for (const replica of replicas) {
      let opens: string | undefined;
      while (opens !== wanted) opens = (await replica.keys()).encryption.opens.join();
    }
  };
  await haveKeys(at.encryptionKey, next);
  const startedAt = performance.now();
  await at.writeKeys([next, at.encryptionKey]);
  // The first leader begins, and so does the one that follows it.
  const underBoth: number[] = [];
  for (let kills = 0; kills < 2; kills += 1) {
    await sealedWith(next, at.encryptionKey);
    const which = (await at.leader()) ?? 0;
    await replicas[which]?.stop('SIGKILL');
    underBoth.push((await namedKeys()).get(fingerprint(at.encryptionKey)) ?? 0);
    replicas[which] = await at.startReplica(which);
  }
  await sealedWith(next);
  const records = await namedKeys();
  const [leftAtFirst = 0, leftAtSecond = 0] = underBoth;
  const all = records.get(fingerprint(next)) ?? 0;
  const seconds = Math.round((performance.now() - startedAt) / 1_000);
  tellFigures({ records: all, leftAtFirst, leftAtSecond, seconds });
  expect(leftAtFirst).toBeGreaterThan(0);
  expect([...records]).toEqual([[fingerprint(next), expect.any(Number)]]);
  expect(all).toBeGreaterThan(hosts.length);

  await haveKeys(next);
  for (const { key, value } of await sealed()) {
    expect(openSealed(next, key, value)).toMatchObject({ privateKey: expect.any(String) });
    expect(() => openSealed(at.encryptionKey, key, value)).toThrow('authenticate');
  }
  await expectOnce(at, hosts);

  // The former key alone is refused, by name of the one that is wanted, and changes nothing. The other replica may: what the CA says of
  // when to renew.
  const before = await privateKeys();
  await at.writeKeys([at.encryptionKey]);
  await replicas[0]?.stop();
  const why = new RegExp(`the key ${fingerprint(next)} is wanted`);
  expect(await refused(at, 0, why)).toMatch(why);
  expect(await privateKeys()).toEqual(before);

  /** The digest of each record's, by the record; throws where one is not under the key that is wanted. */
  async function privateKeys() {
    return (await sealed()).map(({ key, value }) => {
      const { privateKey } = openSealed(next, key, value) as { privateKey: string };
      return [key, hash('sha256', privateKey)];
    });
  }

  async function sealed() {
    return (await at.store.list('gatefleet/')).filter(({ value }) => value.includes('"nonce"'));
  }

  /** How many records name each key. */
  async function namedKeys(): Promise<ReadonlyMap<string, number>> {
    const all = Map.groupBy(await sealed(), ({ value }) => (JSON.parse(value) as { key: string }).key);
    return new Map([...all].map(([key, entries]) => [key, entries.length]));
  }

  /** The leader has noted that records are under these. */
  async function sealedWith(...keys: string[]): Promise<void> {
    const wanted = keys.map(fingerprint).join();
    await at.until(
      'gatefleet/sealed-with',
      ([note]) => note !== undefined && (JSON.parse(note.value) as { keys: string[] }).keys.join() === wanted,
      PATIENCE_MS,
    );
  }
});
