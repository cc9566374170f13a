/**
 * The first step of every `npm run`: sets up what is missing, then runs the command line or the tests.
 * Plain JavaScript without packages, for the Node 20 that a machine may have; the rest runs on Node 24 from npm.
 */
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { BootstrapError } from './bootstrap-error.mjs';
import { needsOf } from './needs.mjs';
import { ensureNpmPackages } from './npm-packages.mjs';
import { runChild } from './run-child.mjs';
import { ensureSystemPrograms, searchPath } from './system-programs.mjs';
import { runTests } from './test-run.mjs';

const root = fileURLToPath(new URL('../../..', import.meta.url)).replace(/\/$/, '');

/** @param {readonly string[]} args */
async function main(args) {
  if (Number(process.versions.node.split('.')[0]) < 20) {
    throw new BootstrapError(`this is Node ${process.versions.node}`, 'install Node 20 or later');
  }
  const needs = needsOf(args);
  if (needs.linux && process.platform !== 'linux') {
    throw new BootstrapError(
      `the local cluster needs Linux, and this is ${process.platform}`,
      'use a Linux machine or virtual machine; `npm run test:unit` and `npm run gatefleet -- generate` work here',
    );
  }
  ensureSystemPrograms(needs.systemPrograms, process.env);
  await ensureNpmPackages(root, process.env);

  const bin = join(root, 'node_modules', '.bin');
  const locked = join(bin, 'node');
  const node = existsSync(locked) ? locked : process.execPath;
  if (node !== locked && Number(process.versions.node.split('.')[0]) < 24) {
    throw new BootstrapError(
      `Node 24 is not in node_modules, and this is Node ${process.versions.node}`,
      'on Linux (x64, arm64) run: npm ci --include=optional; elsewhere install Node 24',
    );
  }
  const env = { ...process.env, PATH: [bin, searchPath(process.env)].join(delimiter) };
  if (args[0] === 'test') return runTests({ root, node, env, args: args.slice(1) });
  // Compiling what it loads takes Node longer than most commands run.
  const compiled = { NODE_COMPILE_CACHE: join(root, 'node_modules/.cache/gatefleet-compiled') };
  return runChild(node, [join(root, 'apps/cli/src/main.ts'), ...args], { cwd: root, env: { ...compiled, ...env } });
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  if (!(error instanceof BootstrapError)) throw error;
  process.stderr.write(`error  ${error.message}\n       ${error.hint}\n`);
  process.exitCode = 1;
}
