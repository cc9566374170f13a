import { spawnSync } from 'node:child_process';
import { accessSync, constants, readFileSync, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { BootstrapError } from './bootstrap-error.mjs';

/**
 * @typedef {object} SystemProgram
 * @property {readonly string[]} anyOf program names, one of which is enough
 * @property {string} debianPackage what to install when all are missing
 */

/** Of a local cluster. @type {readonly SystemProgram[]} */
export const clusterPrograms = [
  { anyOf: ['crun', 'runc'], debianPackage: 'crun' },
  { anyOf: ['conmon'], debianPackage: 'conmon' },
  { anyOf: ['tini'], debianPackage: 'tini' },
  { anyOf: ['nft'], debianPackage: 'nftables' },
  { anyOf: ['ip'], debianPackage: 'iproute2' },
  { anyOf: ['unshare'], debianPackage: 'util-linux' },
  { anyOf: ['mount'], debianPackage: 'mount' },
  { anyOf: ['git'], debianPackage: 'git' },
  // For clusters of ordinary users, which root's tests make too.
  { anyOf: ['newuidmap'], debianPackage: 'uidmap' },
  // Not the package redis-server: that one starts a service, now and at every boot.
  { anyOf: ['redis-server'], debianPackage: 'redis-tools' },
];

/** Of tests alone: nobody who brings a cluster up gets them. @type {readonly SystemProgram[]} */
export const testPrograms = [
  // A DNS server that takes updates.
  { anyOf: ['named'], debianPackage: 'bind9' },
  // What gateways are attacked with, and what looks at their TLS.
  { anyOf: ['slowhttptest'], debianPackage: 'slowhttptest' },
  { anyOf: ['sslscan'], debianPackage: 'sslscan' },
  // A step of docs/operations/recovery.md.
  { anyOf: ['jq'], debianPackage: 'jq' },
];

/** redis-tools holds the server's program too; it is told by its name what to be. */
const redisLink = 'ln -sf "$(command -v redis-check-rdb)" /usr/local/bin/redis-server';

/** bind9 starts its service, now and at every boot, unless the service is masked. `systemctl unmask named` gives it back. */
const maskNamed = 'mkdir -p /etc/systemd/system && ln -sf /dev/null /etc/systemd/system/named.service';

/**
 * @param {readonly SystemProgram[]} programs
 * @param {(program: string) => boolean} isThere
 * @returns {string[]} Debian packages to install, in the same order
 */
export function missingPackages(programs, isThere) {
  return programs.filter(({ anyOf }) => !anyOf.some(isThere)).map(({ debianPackage }) => debianPackage);
}

/**
 * The one command, for a shell of root, that installs packages: it asks nothing, leaves no service running, and waits
 * for another apt-get that is at work.
 * @param {readonly string[]} packages
 */
export function installCommand(packages) {
  const apt = 'DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=600';
  const steps = ['apt-get update', `${apt} install -y --no-install-recommends ${packages.join(' ')}`];
  if (packages.includes('bind9')) steps.unshift(maskNamed);
  if (packages.includes('redis-tools')) steps.push(redisLink);
  return steps.join(' && ');
}

/**
 * Whether apt-get is this system's way.
 * @param {string} osRelease - text of /etc/os-release
 */
export function isDebianLike(osRelease) {
  return /^(ID|ID_LIKE)=.*\b(debian|ubuntu)\b/m.test(osRelease);
}

/**
 * Folders for administrators are looked at too: an ordinary user's PATH often lacks them.
 * @param {NodeJS.ProcessEnv} env
 */
export function searchPath(env) {
  return [env.PATH ?? '', '/usr/local/sbin', '/usr/sbin', '/sbin'].join(delimiter);
}

/**
 * Installs what is missing where that is possible, and does nothing at all where it is not.
 * @param {readonly SystemProgram[]} programs
 * @param {NodeJS.ProcessEnv} env
 */
export function ensureSystemPrograms(programs, env) {
  const isThere = (/** @type {string} */ program) =>
    searchPath(env)
      .split(delimiter)
      .some((dir) => isExecutable(join(dir, program)));
  const isRoot = process.getuid?.() === 0;
  const packages = missingPackages(programs, isThere);
  if (packages.length === 0) return;
  const command = installCommand(packages);
  if (!isDebianLike(readOsRelease())) {
    const missing = programs.filter(({ debianPackage }) => packages.includes(debianPackage));
    throw new BootstrapError(
      `these programs are missing: ${missing.map(({ anyOf }) => anyOf.join(' or ')).join(', ')}`,
      `install them with your system's package manager; on Debian and Ubuntu they are in ${packages.join(' ')}`,
    );
  }
  if (!isRoot)
    throw new BootstrapError('system programs are missing; nothing was done', `run: sudo sh -c '${command}'`);
  process.stderr.write(`installing system programs: ${packages.join(', ')}\n`);
  // Standard output is the command's own product: what apt-get says goes to standard error.
  const { status } = spawnSync('sh', ['-c', command], { env, stdio: ['ignore', 2, 2] });
  const still = missingPackages(programs, isThere);
  if (status !== 0 || still.length > 0) {
    throw new BootstrapError(`installing ${packages.join(', ')} failed`, `see above; to repeat it: ${command}`);
  }
}

/** @param {string} path */
function isExecutable(path) {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

function readOsRelease() {
  try {
    return readFileSync('/etc/os-release', 'utf8');
  } catch {
    return '';
  }
}
