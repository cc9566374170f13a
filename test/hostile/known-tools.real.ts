import { execFile } from 'node:child_process';
import { promisify, stripVTControlCharacters } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { footprintOf, settled } from './support/footprint.ts';
import { startGateway, type Gateway } from './support/gateway.ts';
import { askUntilRight, keepAskingFor, type Good } from './support/good.ts';
import { host, stand } from './support/stand.ts';

const run = promisify(execFile);
const CONNECTIONS = 500;
const MORE_MIB = 80;
const MORE_FILES = 20;

describe('what others attack with', () => {
  const stack = new AsyncDisposableStack();
  let gateway: Gateway;
  let good: Good;

  beforeAll(async () => {
    const { own, consul } = await stand(stack);
    gateway = stack.use(await startGateway(consul));
    const url = `https://127.0.0.1:${gateway.websecure}/public/`;
    good = { url, headers: { host }, servername: host, ca: own.certificate, answer: '200  the witness saw /public/' };
    expect(await askUntilRight(good)).toBeUndefined();
  }, 60_000);
  afterAll(() => stack.disposeAsync());

  test.each<{ by: string; args: readonly string[]; seconds?: number; end?: string }>([
    { by: 'headers that never end (Slowloris)', args: ['-H', '-i', '2', '-x', '24'] },
    { by: 'bodies that never end (R-U-Dead-Yet)', args: ['-B', '-i', '2', '-s', '8192', '-x', '10'] },
    { by: 'thousands of ranges (Apache Killer)', args: ['-R', '-a', '10', '-b', '3000'] },
    // What is read this slowly is all in the kernel's buffers, and costs the gateway nothing but the connection.
    {
      by: 'answers that are hardly read',
      args: ['-X', '-w', '8', '-y', '16', '-z', '4', '-n', '2'],
      seconds: 20,
      end: '',
    },
  ])(
    `${CONNECTIONS} connections of slowhttptest with $by keep no good request from its answer, and leave nothing behind`,
    async ({ args, seconds = 60, end = 'No open connections left' }) => {
      const before = await footprintOf(gateway.pid);
      const asking = keepAskingFor([good]);
      const load = ['-c', String(CONNECTIONS), '-r', '250', '-l', String(seconds)];
      const ran = await run('slowhttptest', [...args, ...load, '-u', `http://127.0.0.1:${gateway.web}/public/`]);
      const asked = await asking.stop();
      const most = { residentMiB: before.residentMiB + MORE_MIB, openFiles: before.openFiles + MORE_FILES };
      const after = await settled(gateway.pid, most, gateway.collectGarbage);
      const told = stripVTControlCharacters(ran.stdout);
      const last = /Test ended on .*\n.*/.exec(told)?.[0] ?? '';
      process.stderr.write(`${JSON.stringify({ args, last, before, after, asked: asked.asked, p99: asked.p99 })}\n`);
      expect(last).toContain(end);
      expect(told).not.toMatch(/service available: +NO/);
      expect(asked.wrong).toEqual([]);
      expect(after.residentMiB).toBeLessThanOrEqual(most.residentMiB);
      expect(after.openFiles).toBeLessThanOrEqual(most.openFiles);
    },
    120_000,
  );

  test('sslscan finds TLS 1.2 and 1.3 with six suites of today, and no hole that it knows', async () => {
    const found = await scan(gateway.websecure);
    expect(found('protocol').filter(({ enabled }) => enabled === '1')).toEqual([
      { type: 'tls', version: '1.2', enabled: '1' },
      { type: 'tls', version: '1.3', enabled: '1' },
    ]);
    expect(found('cipher').map(({ sslversion, cipher }) => `${sslversion} ${cipher}`)).toEqual([
      'TLSv1.3 TLS_AES_128_GCM_SHA256',
      'TLSv1.3 TLS_AES_256_GCM_SHA384',
      'TLSv1.3 TLS_CHACHA20_POLY1305_SHA256',
      'TLSv1.2 ECDHE-ECDSA-AES128-GCM-SHA256',
      'TLSv1.2 ECDHE-ECDSA-AES256-GCM-SHA384',
      'TLSv1.2 ECDHE-ECDSA-CHACHA20-POLY1305',
    ]);
    expect(found('renegotiation')).toEqual([{ supported: '0', secure: '0' }]);
    expect(found('heartbleed').filter(({ vulnerable }) => vulnerable !== '0')).toEqual([]);
    expect(found('heartbleed')).toHaveLength(2);
  }, 120_000);
});

/** What sslscan reports: elements of a name, with their attributes. */
async function scan(port: number): Promise<(name: string) => readonly Readonly<Record<string, string>>[]> {
  const { stdout } = await run('sslscan', ['--xml=-', `--sni-name=${host}`, `127.0.0.1:${port}`]);
  return (name) =>
    [...stdout.matchAll(new RegExp(`<${name} (.*?)/>`, 'g'))].map(([, attributes = '']) =>
      Object.fromEntries([...attributes.matchAll(/(\w+)="([^"]*)"/g)].map(([, key = '', value = '']) => [key, value])),
    );
}
