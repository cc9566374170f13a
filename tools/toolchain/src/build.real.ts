import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { openCache } from './cache.ts';
import { ensureUnit } from './ensure-unit.ts';
import { readGoSettings } from './go-environment.ts';
import type { ToolchainEvent } from './progress.ts';

interface Line {
  kind?: ToolchainEvent['kind'];
  packagesDone?: number;
  result?: { bin: string; source: string };
  error?: { code: string; message: string; hint: string };
}

const script = fileURLToPath(new URL('./testing/build-unit.ts', import.meta.url));
let root: string;

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'gatefleet-toolchain-'));
});
afterAll(() => rm(root, { recursive: true, force: true }));

/** A module without dependencies, in a folder of its own. */
async function helloModule(body = 'fmt.Println("hello")'): Promise<string> {
  const dir = await mkdtemp(join(root, 'module-'));
  await writeFile(join(dir, 'go.mod'), 'module example.com/hello\n\ngo 1.26.0\n');
  await writeFile(join(dir, 'go.sum'), '');
  await writeFile(join(dir, 'main.go'), `package main\n\nimport "fmt"\n\nfunc main() {\n\t${body}\n}\n`);
  return dir;
}

/** Empty for a process that is gone or a zombie. */
function commandLine(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
  } catch {
    return '';
  }
}

/** Our cache empty; Go's own too if asked, so that even its standard library has to be compiled. */
async function freshCaches({ goCache }: { goCache: boolean }): Promise<NodeJS.ProcessEnv> {
  const dir = await mkdtemp(join(root, 'cache-'));
  return { ...process.env, XDG_CACHE_HOME: dir, ...(goCache ? { GOCACHE: join(dir, 'go') } : {}) };
}

function start(dir: string, env: NodeJS.ProcessEnv, onLine: (line: Line, child: ChildProcess) => void = () => {}) {
  const child = spawn(process.execPath, [script, dir], { env, stdio: ['ignore', 'pipe', 'inherit'] });
  const lines: Line[] = [];
  createInterface({ input: child.stdout }).on('line', (text) => {
    const line = JSON.parse(text) as Line;
    lines.push(line);
    onLine(line, child);
  });
  return once(child, 'close').then(() => lines);
}

test('a build that is killed goes on where it was, and leaves no half entry', async () => {
  const dir = await helloModule();
  // Go names a package as it begins with it: with two at a time, all but the last two are done.
  const env = { ...(await freshCaches({ goCache: true })), GOMAXPROCS: '2' };
  let atStart: number | undefined;
  const killed = await start(dir, env, (line, child) => {
    if (line.kind !== 'building') return;
    atStart ??= line.packagesDone!;
    if (line.packagesDone! >= atStart + 5) child.kill('SIGKILL');
  });
  expect(killed.some((line) => line.result !== undefined)).toBe(false);
  expect(await readdir(join(openCache(env).root, 'entries'))).toEqual([]);

  const resumed = await start(dir, env);
  expect(resumed.find((line) => line.kind === 'building')!.packagesDone).toBeGreaterThanOrEqual(atStart! + 3);
  const { result } = resumed.at(-1)!;
  expect(result?.source).toBe('built');
  expect(spawnSync(join(result!.bin, 'hello'), { encoding: 'utf8' }).stdout).toBe('hello\n');
  expect(await readdir(join(openCache(env).root, 'staging'))).toEqual([]);

  expect((await start(dir, env)).at(-1)!.result?.source).toBe('cache');
}, 180_000);

test('of two that start at once, one builds and the other waits for it', async () => {
  const dir = await helloModule();
  const env = await freshCaches({ goCache: true });
  const runs = await Promise.all([start(dir, env), start(dir, env)]);
  expect(runs.map((lines) => lines.at(-1)!.result?.source).sort()).toEqual(['built', 'cache']);
  const waiter = runs.find((lines) => lines.at(-1)!.result?.source === 'cache')!;
  expect(waiter[0]!.kind).toBe('waiting');
  expect(waiter.at(-2)!.kind).toBe('ready');
}, 180_000);

test("a failure carries the compiler's words and a command that repeats it", async () => {
  const dir = await helloModule('fmt.Println(missing)');
  const env = await freshCaches({ goCache: false });
  const lines = await start(dir, env);
  const { error } = lines.at(-1)!;
  expect(error?.code).toBe('BUILD_FAILED');
  expect(error?.message).toContain('main.go:6:14: undefined: missing');
  const [, command] = /^to repeat it: (.*)$/.exec(error!.hint)!;
  const repeated = spawnSync('sh', ['-c', command!], { encoding: 'utf8' });
  expect(repeated.status).not.toBe(0);
  expect(repeated.stderr).toContain('undefined: missing');
}, 60_000);

test('cancelling ends the compilers', async () => {
  const dir = await helloModule();
  const env = await freshCaches({ goCache: true });
  const work = env['XDG_CACHE_HOME']!;
  // Go's own work folder inside: then every compiler names it in its arguments.
  const go = await readGoSettings(env);
  const abort = new AbortController();
  const unit = { name: 'hello', dir, module: 'example.com/hello', version: 'v1.0.0', programs: { hello: '.' } };
  const running = () =>
    readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .map(commandLine)
      .filter((line) => line.includes(work));
  let before: string[] = [];
  const building = ensureUnit(unit, openCache(env), go, {
    env: { ...env, GOTMPDIR: work },
    signal: abort.signal,
    onProgress: (event) => {
      if (event.kind !== 'building' || event.packagesDone < 5 || abort.signal.aborted) return;
      before = running();
      abort.abort();
    },
  });
  await expect(building).rejects.toMatchObject({ code: 'CANCELLED' });
  expect(before).not.toEqual([]);
  expect(running()).toEqual([]);
}, 60_000);
