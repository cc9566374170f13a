/**
 * What a flood of handshakes for names that nobody has costs good requests at a gateway with the arguments of the base: their 99th
 * percentile without and with it, in turns. `--lenient` is without `sniStrict`, as Traefik is by itself.
 *
 *   node bench/unknown-names/main.ts --rates 500,1000,2000 --seconds 10
 */
import { readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { once } from 'node:events';
import { parseArgs } from 'node:util';
import { Worker } from 'node:worker_threads';
import { setTimeout as sleep } from 'node:timers/promises';
import { startGateway } from '../../test/hostile/support/gateway.ts';
import { askUntilRight, keepAskingFor, type Good } from '../../test/hostile/support/good.ts';
import { host, stand } from '../../test/hostile/support/stand.ts';

const { values } = parseArgs({
  options: {
    rates: { type: 'string', default: '500,1000,2000' },
    seconds: { type: 'string', default: '10' },
    rounds: { type: 'string', default: '3' },
    lenient: { type: 'boolean', default: false },
  },
});
await using stack = new AsyncDisposableStack();
const { own, consul } = await stand(stack);
const base = await readFile(join(import.meta.dirname, '../../base/traefik/dynamic.yaml'), 'utf8');
const dynamic = join(tmpdir(), `dynamic-${process.pid}.yaml`);
await writeFile(dynamic, values.lenient ? base.replace('sniStrict: true', 'sniStrict: false') : base);
const gateway = stack.use(await startGateway(consul, { '--providers.file.filename': dynamic }));
const good: Good = {
  url: `https://127.0.0.1:${gateway.websecure}/public/`,
  headers: { host },
  servername: host,
  ca: own.certificate,
  answer: '200  the witness saw /public/',
};
await askUntilRight(good);

/** @returns the 99th percentile of good requests in milliseconds, and handshakes a second that were really made */
async function measure(rate: number): Promise<{ p99: number; made: number }> {
  const flood = new Worker(join(import.meta.dirname, 'flood.ts'), { workerData: { port: gateway.websecure, rate } });
  await once(flood, 'online');
  const asking = keepAskingFor([good, good]);
  const start = performance.now();
  await sleep(Number(values.seconds) * 1_000);
  const { p99, wrong } = await asking.stop();
  const seconds = (performance.now() - start) / 1_000;
  flood.postMessage('stop');
  const [handshakes] = (await once(flood, 'message')) as [number];
  await flood.terminate();
  if (wrong.length > 0) throw new Error(`${wrong.length} requests went wrong, such as ${wrong[0] ?? ''}`);
  return { p99, made: Math.round(handshakes / seconds) };
}

const median = (numbers: readonly number[]) => numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? NaN;
await measure(0);
for (const rate of values.rates.split(',').map(Number)) {
  const rounds: { calm: number; flooded: number; made: number }[] = [];
  for (let round = 0; round < Number(values.rounds); round += 1) {
    const calm = await measure(0);
    const { p99, made } = await measure(rate);
    rounds.push({ calm: calm.p99, flooded: p99, made });
  }
  const ratio = median(rounds.map(({ calm, flooded }) => flooded / calm));
  console.log(
    `${values.lenient ? 'lenient' : 'strict'}, ${rate}/s wanted: ${JSON.stringify(rounds)}, median of ratios ${ratio.toFixed(2)}`,
  );
}
