import { expect, test } from '@jest/globals';
import { expectOnce } from './support/expect.ts';
import { tellFigures } from './support/figures.ts';
import { hostsOf, isLong, PATIENCE_MS } from './support/form.ts';
import { useStand } from './support/use-stand.ts';

const open = useStand();
const REJECTED_PERCENT = 15;
/** New order, authorization, challenge, order until it is ready, finalize, order until it is valid, certificate: each is signed. */
const SIGNED_EACH = 7;

test('a certificate costs the CA little more than the fewest requests, though it rejects 15 % of nonces', async () => {
  const at = await open({ nonceReject: REJECTED_PERCENT });
  const hosts = hostsOf(isLong ? 500 : 80);
  await at.want(hosts);
  await at.startReplica(0);
  await at.untilPublished(hosts, PATIENCE_MS);
  await at.until('gatefleet/orders/', (entries) => entries.length === 0);
  // When to renew is asked once a certificate, which may be before the end of this or after it.
  const { 'renewal-info': _asked, ...counts } = at.proxy.journal.counts();
  const total = Object.values(counts).reduce((sum, count) => sum + count, 0);
  // Signed requests are sent again when their nonce is rejected; the directory and the first nonce are asked for once, unsigned.
  const signed = SIGNED_EACH * hosts.length + 1;
  const ideal = signed / (1 - REJECTED_PERCENT / 100) + 2;
  tellFigures({ hosts: hosts.length, requests: total, ideal: Math.round(ideal), share: total / ideal });
  expect({ counts, share: total / ideal <= 1.3 ? 'as wanted' : total / ideal }).toEqual({ counts, share: 'as wanted' });
  await expectOnce(at, hosts);
});
