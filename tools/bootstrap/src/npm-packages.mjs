import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { clearInterval, setInterval } from 'node:timers';
import { fileURLToPath } from 'node:url';
import { BootstrapError } from './bootstrap-error.mjs';
import { runChild } from './run-child.mjs';

const self = fileURLToPath(import.meta.url);
const sayEveryMs = 10_000;

/**
 * @typedef {Record<string, { version?: string, integrity?: string, resolved?: string, link?: boolean, optional?: boolean }>} LockedPackages
 */

/**
 * Whether node_modules holds what package-lock.json asks for. npm writes the list of what it installed when it has
 * finished, so a broken-off installation has none. Optional packages of other systems are rightly absent.
 * @param {LockedPackages} wanted - `packages` of package-lock.json
 * @param {LockedPackages} installed - `packages` of node_modules/.package-lock.json
 */
export function isInstalled(wanted, installed) {
  return Object.entries(wanted).every(([path, { version, integrity, resolved, link, optional }]) => {
    const there = installed[path];
    // The repository's own manifest is not in npm's list; its dependencies are.
    if (path === '' || (there === undefined && optional)) return true;
    return (
      there !== undefined &&
      there.version === version &&
      (link ? there.resolved === resolved : there.integrity === integrity)
    );
  });
}

/**
 * Runs `npm ci` if it has to. Two at once are safe: the second waits, and then finds the packages there.
 * @param {string} root - the repository
 * @param {NodeJS.ProcessEnv} env
 */
export async function ensureNpmPackages(root, env) {
  if (packagesAreThere(root)) return;
  const lock = join(root, 'package-lock.json');
  // A lock of the kernel, on a file that is there anyway: it goes with its holder, however that ends.
  const flock = ['flock', '--no-fork', lock];
  const canLock = spawnSync('flock', ['--version']).status === 0;
  const free = !canLock || spawnSync('flock', ['--nonblock', lock, 'true']).status === 0;
  process.stderr.write(free ? 'installing npm packages (npm ci)\n' : 'waiting for another npm ci in this repository\n');
  const startedAt = Date.now();
  const saying = setInterval(() => {
    process.stderr.write(`installing npm packages, ${Math.round((Date.now() - startedAt) / 1000)} s so far\n`);
  }, sayEveryMs);
  const [command, ...args] = [...(canLock ? flock : []), process.execPath, self, root];
  const code = await runChild(/** @type {string} */ (command), args, {
    cwd: root,
    env,
    stdio: ['ignore', 2, 2],
    group: true,
  }).finally(() => clearInterval(saying));
  if (code !== 0 || !packagesAreThere(root)) {
    throw new BootstrapError('installing npm packages failed', `see above; to repeat it: cd ${root} && npm ci`);
  }
}

/** @param {string} root */
function packagesAreThere(root) {
  try {
    const read = (/** @type {string} */ file) => JSON.parse(readFileSync(join(root, file), 'utf8')).packages;
    return isInstalled(read('package-lock.json'), read('node_modules/.package-lock.json'));
  } catch {
    return false;
  }
}

/**
 * npm, and the install scripts that it starts, must not run by the Node of the folder that `npm ci` removes first.
 * @param {NodeJS.ProcessEnv} env
 */
export function outsideNodeModules(env) {
  const dirs = (env.PATH ?? '').split(delimiter).filter((dir) => !dir.endsWith(join('node_modules', '.bin')));
  return { ...env, PATH: dirs.join(delimiter), npm_execpath: undefined, npm_node_execpath: undefined };
}

// Under the lock: whoever held it before may have done the work.
if (process.argv[1] === self) {
  const root = /** @type {string} */ (process.argv[2]);
  if (!packagesAreThere(root)) {
    const npm = spawnSync('npm', ['ci', '--no-audit', '--no-fund', '--no-progress', '--loglevel=error'], {
      cwd: root,
      env: outsideNodeModules(process.env),
      stdio: ['ignore', 2, 2],
    });
    process.exitCode = npm.status ?? 1;
  }
}
