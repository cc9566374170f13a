import { createPrivateKey } from 'node:crypto';
import { expect, test } from '@jest/globals';
import { hostsOf, isLong, PATIENCE_MS } from './support/form.ts';
import { holdsTrace, keyTraces } from './support/key-traces.ts';
import { openSealed } from './support/open-sealed.ts';
import { useStand } from './support/use-stand.ts';

const open = useStand();

test('no private key is seen in the store’s own records, in logs, Events, metrics or reports', async () => {
  const at = await open({ nonceReject: 15, logLevel: 'debug' });
  const good = hostsOf(isLong ? 100 : 10, 'good');
  const bad = hostsOf(isLong ? 20 : 4, 'bad');
  for (const host of bad) await at.leadAstray(host);
  await at.want([...good, ...bad]);
  const seenInStore = new Map<string, string>();
  const watching = new AbortController();
  const orderKeys = new Set<string>();
  const watcher = (async () => {
    for await (const entries of at.store.watch({ prefix: 'gatefleet/' }, watching.signal)) {
      for (const { key, value } of entries) {
        seenInStore.set(`${key} ${value.length} ${value.slice(0, 200)}`, value);
        if (!/^gatefleet\/(orders|accounts|certificates)\//.test(key)) continue;
        const record = openSealed(at.encryptionKey, key, value) as { privateKey?: string };
        if (record.privateKey !== undefined) orderKeys.add(record.privateKey);
      }
    }
  })();
  // What breaks is told of: that, too, must tell no key.
  at.proxy.setFaults({ any: [{ rate: 0.1, fault: { kind: 'server-error', status: 500, body: 'problem' } }] });
  const replicas = [await at.startReplica(0), await at.startReplica(1)];
  await at.untilPublished(good, PATIENCE_MS);
  const entries = await at.store.list('traefik/tls/certificates/');
  const published = entries.filter(({ key }) => key.endsWith('/keyFile')).map(({ value }) => value);
  watching.abort();
  await watcher;

  expect(published).toHaveLength(good.length);
  const keys = [...new Set([...published, ...orderKeys])];
  // One of the account, one of each order that ended well, and of those that did not.
  expect(keys.length).toBeGreaterThan(good.length);
  const traces = keys.flatMap((pem) => keyTraces(createPrivateKey(pem)));
  const places: [string, string][] = [...seenInStore].map(([key, value]) => [key.split(' ')[0] ?? '', value]);
  for (const [which, replica] of replicas.entries()) {
    places.push([`log of replica ${which}`, replica.output()]);
    places.push([`metrics of replica ${which}`, await replica.metrics()]);
    places.push([`report of replica ${which}`, await replica.report()]);
  }
  places.push(['Events', await at.notices()]);
  const found = places.filter(([, text]) => holdsTrace(text, traces)).map(([place]) => place);
  expect(found).toEqual([]);
  // It would have been found: the gateways' own keys are.
  const gatewayKeys = published.filter((text) => holdsTrace(text, traces));
  expect(gatewayKeys).toHaveLength(good.length);
  const nothing = places.filter(([place, text]) => text === '' && /^(Events|metrics|report)/.test(place));
  expect(nothing).toEqual([]);
  expect(replicas.map((replica) => replica.output()).join('')).toMatch(/"msg":"issued"/);
});
