/**
 * Makes one unit ready in a process of its own, for tests that kill it: events and the result go to stdout, a JSON line each.
 * Arguments: the unit's folder. Its one program is `hello`, its main package the folder itself.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { BuildUnit } from '../build.ts';
import { openCache } from '../cache.ts';
import { ensureUnit } from '../ensure-unit.ts';
import { readGoSettings } from '../go-environment.ts';

const dir = process.argv[2]!;
const module = /^module (\S+)/.exec(readFileSync(join(dir, 'go.mod'), 'utf8'))![1]!;
const unit: BuildUnit = { name: 'hello', dir, module, version: 'v1.0.0', programs: { hello: '.' } };
const print = (value: object) => process.stdout.write(`${JSON.stringify(value)}\n`);
const { env } = process;

try {
  print({ result: await ensureUnit(unit, openCache(env), await readGoSettings(env), { env, onProgress: print }) });
} catch (error) {
  const { code, message, hint } = error as { code?: string; message: string; hint?: string };
  print({ error: { code, message, hint } });
}
