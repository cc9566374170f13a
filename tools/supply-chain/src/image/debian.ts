import { globSync, lstatSync, readFileSync, readlinkSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { SupplyChainError } from '../errors.ts';
import { runProgram } from '../run-program.ts';
import { inTemporaryFolder } from '../in-temporary-folder.ts';
import type { DebianLock } from './debian-lock.ts';
import { pinnedFile } from './pinned-file.ts';
import { architectures, type Architecture } from './platform.ts';
import type { TarEntry } from './tar.ts';

/** What Node's program is linked with, and the package that has the licence of two of them. */
export const debianPackages = ['gcc-12-base', 'libc6', 'libgcc-s1', 'libstdc++6'] as const;

/** Shared libraries, the program that loads them, and licences; nothing else of a package. */
const kept =
  /^(?:(?:lib|lib64|usr\/lib)(?:\/[\w-]+-linux-gnu)?\/[^/]+\.so[^/]*|usr\/share\/doc\/[^/]+(?:\/copyright)?)$/;

/** The libraries of one processor, as entries of a layer. @throws {@link SupplyChainError} */
export async function debianEntries(lock: DebianLock, architecture: Architecture, cache: string): Promise<TarEntry[]> {
  return withApt(architecture, async (apt, folder) => {
    const entries: TarEntry[] = [];
    for (const [name, pins] of Object.entries(lock.packages)) {
      const { version, sha256 } = pins[architecture];
      const file = `${name}_${version.replaceAll(':', '%3a')}_${architecture}.deb`;
      const deb = await pinnedFile(cache, file, `sha256-${sha256}`, async () => {
        await apt('apt-get', ['download', `${name}=${version}`]).catch((cause: unknown) => {
          throw notServed(`${name} ${version} for ${architecture}`, lock, cause);
        });
        return readFile(join(folder, file));
      });
      const control = Buffer.from(await runProgram('dpkg-deb', ['-f', deb]));
      const status: TarEntry = { path: `var/lib/dpkg/status.d/${name}`, kind: 'file', content: control };
      entries.push(...(await unpacked(deb)), status);
    }
    return entries;
  });
}

function notServed(what: string, { release, codename }: DebianLock, cause: unknown): SupplyChainError {
  const hint = `run it where apt-get is that of Debian ${release} (${codename}); if Debian has a newer one: npm run supply-chain -- lock`;
  return new SupplyChainError('NOT_SERVED', `fetching ${what} by apt-get`, { hint, cause });
}

async function unpacked(deb: string): Promise<TarEntry[]> {
  return inTemporaryFolder(async (folder) => {
    await runProgram('dpkg-deb', ['-x', deb, folder]);
    return globSync('**/*', { cwd: folder })
      .filter((path) => kept.test(path) && !lstatSync(join(folder, path)).isDirectory())
      .map((path): TarEntry => {
        const from = join(folder, path);
        const found = lstatSync(from);
        if (found.isSymbolicLink()) return { path, kind: 'link', target: readlinkSync(from) };
        return { path, kind: 'file', content: readFileSync(from), executable: (found.mode & 0o100) !== 0 };
      });
  });
}

/** What the lock is today: the newest that this machine's apt has, which checks Debian's signatures. */
export async function newestDebian(): Promise<DebianLock> {
  const release = await readFile('/etc/os-release', 'utf8');
  const field = (name: string) => new RegExp(`^${name}="?([^"\n]*)`, 'm').exec(release)?.[1] ?? '';
  const newest: Record<string, Record<Architecture, { version: string; sha256: string }>> = {};
  for (const architecture of architectures) {
    const shown = await withApt(architecture, (apt) =>
      apt('apt-cache', ['show', '--no-all-versions', ...debianPackages]),
    );
    for (const paragraph of shown.trim().split('\n\n')) {
      const value = (key: string) => new RegExp(`^${key}: (.*)$`, 'm').exec(paragraph)?.[1] ?? '';
      const pin = { version: value('Version'), sha256: value('SHA256') };
      newest[value('Package')] = { ...newest[value('Package')], [architecture]: pin } as (typeof newest)[string];
    }
  }
  return { release: field('VERSION_ID'), codename: field('VERSION_CODENAME'), packages: newest };
}

type Apt = (program: 'apt-get' | 'apt-cache', args: readonly string[]) => Promise<string>;

/** apt for any processor, with the machine's sources and keys and with nothing of its own state. The lists are fetched when they are needed. */
async function withApt<T>(architecture: Architecture, work: (apt: Apt, folder: string) => Promise<T>): Promise<T> {
  return inTemporaryFolder(async (folder) => {
    const state = join(folder, 'apt');
    await mkdir(join(state, 'lists', 'partial'), { recursive: true });
    await mkdir(join(state, 'cache', 'archives', 'partial'), { recursive: true });
    await writeFile(join(state, 'status'), '');
    const settings = {
      'Dir::State': state,
      'Dir::State::status': join(state, 'status'),
      'Dir::Cache': join(state, 'cache'),
      'APT::Architecture': architecture,
      'APT::Architectures::': architecture,
      'APT::Sandbox::User': 'root',
      'Acquire::Languages': 'none',
    };
    const options = Object.entries(settings).flatMap(([name, value]) => ['-o', `${name}=${value}`]);
    let updated: Promise<string> | undefined;
    const apt: Apt = async (program, args) => {
      updated ??= runProgram('apt-get', [...options, '-q', 'update']);
      await updated;
      return runProgram(program, [...options, '-q', ...args], { cwd: folder });
    };
    return work(apt, folder);
  });
}
