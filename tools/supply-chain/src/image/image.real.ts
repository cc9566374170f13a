import { execFile, spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { freePort, startProgram, type Program } from '@gatefleet/test-programs';
import { catalogueOf } from '@gatefleet/local-cluster';
import { ensureTools } from '@gatefleet/toolchain';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { buildImage, readDebianLock } from './build-image.ts';
import type { ImageContent } from './image-content.ts';
import { lockedNode, type PackageLock } from './node-entries.ts';
import { cacheFolder } from './pinned-file.ts';
import { architectures } from './platform.ts';
import { imageBill } from '../sbom/image-bill.ts';
import { repositoryBill } from '../sbom/repository-bill.ts';

const root = join(import.meta.dirname, '../../../..');
const release = { version: '0.1.0', revision: 'f'.repeat(40), created: 1_790_000_000 };
const sources = { root, cache: cacheFolder(process.env) };
const run = promisify(execFile);
const lock = JSON.parse(await readFile(join(root, 'package-lock.json'), 'utf8')) as PackageLock;
const debian = await readDebianLock(root);
const system = await readFile('/etc/os-release', 'utf8');
/** Elsewhere apt-get does not have the locked packages. */
const isTheirDebian = /^ID=debian$/m.test(system) && system.includes(`VERSION_ID="${debian.release}"`);

(isTheirDebian ? describe : describe.skip)(`on Debian ${debian.release}`, () => {
  let folder: string;
  let crane: string;
  let registry: Program;
  let content: ImageContent;
  /** As the registry has it. */
  let image: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'gatefleet-image-real-'));
    crane = (await ensureTools(['crane'])).crane.path;
    content = await buildImage(join(folder, 'layout'), sources, release);
    const port = await freePort();
    registry = await startProgram({
      name: 'crane registry',
      file: crane,
      args: ['registry', 'serve', '--address', `127.0.0.1:${port}`],
      isReady: async () => (await fetch(`http://127.0.0.1:${port}/v2/`)).ok,
    });
    image = `127.0.0.1:${port}/acme-controller:0.1.0`;
    await run(crane, ['push', join(folder, 'layout'), image]);
  }, 300_000);
  afterAll(async () => {
    await registry?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  interface Config {
    readonly config: { readonly User: string; readonly Entrypoint: readonly string[]; readonly Env: readonly string[] };
  }
  const configOf = async (architecture: string) =>
    JSON.parse((await run(crane, ['config', '--platform', `linux/${architecture}`, image])).stdout) as Config & {
      config: { WorkingDir: string; Labels: Record<string, string> };
    };

  /** The image's files as a runtime sees them: all layers, one over the other. */
  async function unpacked(architecture: string): Promise<string> {
    const files = join(folder, architecture);
    await mkdir(files);
    const tar = join(folder, `${architecture}.tar`);
    await run(crane, ['export', '--platform', `linux/${architecture}`, image, tar]);
    await run('tar', ['-xf', tar, '-C', files]);
    return files;
  }

  test('another build in another folder has the same digest', async () => {
    const other = join(folder, 'elsewhere', 'layout');
    expect(await buildImage(other, sources, release)).toEqual(content);
  }, 300_000);

  test('a registry takes it, finds each layer whole, and calls it by our digest', async () => {
    expect((await run(crane, ['digest', image])).stdout.trim()).toBe(content.digest);
    for (const architecture of architectures) {
      const { stdout } = await run(crane, ['validate', '--platform', `linux/${architecture}`, '--remote', image]);
      expect(stdout).toMatch(/^PASS/);
    }
  }, 120_000);

  test('its bill of materials has every package that a file of its bundle is from', async () => {
    const { components } = imageBill(await repositoryBill(root, release.created), content);
    const names = components.map(({ name }) => name);
    const foreign = content.modules.flatMap((path) => /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path)?.[1] ?? []);
    expect(foreign.length).toBeGreaterThan(100);
    expect([...new Set(foreign)].filter((name) => !names.includes(name))).toEqual([]);
  });

  test.each(architectures)('%s: it is run as the local cluster runs its stand-in', async (architecture) => {
    const { config } = await configOf(architecture);
    const catalogue = await catalogueOf({
      program: (name) => name,
      argocdScripts: folder,
      controllerBundle: 'main.js',
      authority: 'ca.crt',
    });
    const local = catalogue.images['ghcr.io/gatefleet/acme-controller:0.1.0']!;
    expect(config.User).toBe(`${local.user!.uid}:${local.user!.gid}`);
    expect(config.Entrypoint).toEqual(local.entrypoint);
    expect(config.WorkingDir).toBe(local.workingDir);
    expect(config.Env).toContain(`NODE_ENV=${local.env!['NODE_ENV']}`);
    expect(config.Labels['org.opencontainers.image.revision']).toBe(release.revision);
  });

  test('arm64: its program is for that processor, and every library that it asks for is there', async () => {
    const files = await unpacked('arm64');
    const node = await readFile(join(files, 'usr/local/bin/node'));
    const aarch64 = 183;
    expect(node.readUInt16LE(18)).toBe(aarch64);
    const { stdout } = await run('find', [files, '-name', '*.so*', '-printf', '%f\n']);
    const there = stdout.trim().split('\n');
    expect(there).toEqual(expect.arrayContaining(librariesOf(node)));
  });

  describe('amd64', () => {
    let bundle: string;
    beforeAll(async () => {
      bundle = join(folder, 'bundle');
      await mkdir(bundle);
      await run('mv', [await unpacked('amd64'), join(bundle, 'rootfs')]);
    }, 60_000);

    /** Root of a user namespace is enough. */
    const namespace = process.getuid?.() === 0 ? [] : ['--map-root-user', '--map-auto'];

    /** Runs it as its manifests do: not as root, no right, a root that is not to be written. */
    async function inContainer(args: readonly string[]): Promise<{ code: number | null; stdout: string }> {
      const { config } = await configOf('amd64');
      const [uid, gid] = config.User.split(':').map(Number);
      const mounts = [
        { destination: '/proc', type: 'proc', source: 'proc' },
        { destination: '/dev', type: 'tmpfs', source: 'tmpfs', options: ['nosuid', 'mode=755'] },
      ];
      const namespaces = ['pid', 'ipc', 'uts', 'mount', 'network'].map((type) => ({ type }));
      const spec = {
        ociVersion: '1.0.2',
        process: { user: { uid, gid }, args, env: config.Env, cwd: config.WorkingDir, noNewPrivileges: true },
        root: { path: 'rootfs', readonly: true },
        mounts,
        linux: { namespaces },
      };
      await writeFile(join(bundle, 'config.json'), JSON.stringify(spec));
      const id = `gatefleet-image-${process.pid}`;
      // Without the machine's cgroups in sight, crun leaves them alone.
      const script = 'mount -t tmpfs none /sys/fs/cgroup && exec "$@"';
      const crun = ['crun', '--root', join(folder, 'crun'), '--cgroup-manager=disabled', 'run', '--bundle', bundle, id];
      const { status, stdout, stderr } = spawnSync(
        'unshare',
        [...namespace, '--mount', 'sh', '-c', script, 'sh', ...crun],
        {
          encoding: 'utf8',
        },
      );
      return { code: status, stdout: stdout + (status === 0 ? '' : stderr) };
    }

    test('its Node is the locked one, runs as nobody in particular, and can write nothing', async () => {
      const look = `const fs = require('node:fs');
      const write = (path) => { try { fs.writeFileSync(path, ''); return 'written'; } catch (error) { return error.code; } };
      console.log(JSON.stringify([process.version, process.getuid(), ...['/app/x', '/tmp/x', '/x'].map(write)]));`;
      const { stdout } = await inContainer(['node', '-e', look]);
      const { version } = lockedNode(lock, 'amd64');
      expect(JSON.parse(stdout)).toEqual([`v${version}`, 65_532, 'EROFS', 'EROFS', 'EROFS']);
    });

    test('its entrypoint is the controller, which says what it can be told', async () => {
      const { config } = await configOf('amd64');
      const { code, stdout } = await inContainer([...config.Entrypoint, 'help']);
      expect(stdout).toContain('the commands are controller, storeconfig, consul-acl');
      expect(code).toBe(2);
    });

    test('scanners are told what is in it, and there is no shell', async () => {
      const files = join(bundle, 'rootfs');
      for (const [name, { amd64 }] of Object.entries(debian.packages)) {
        const status = await readFile(join(files, 'var/lib/dpkg/status.d', name), 'utf8');
        expect(status).toContain(`Version: ${amd64.version}\n`);
      }
      const { stdout } = await run('find', [files, '-type', 'f', '-perm', '/111', '-printf', '%P\n']);
      const programs = stdout
        .trim()
        .split('\n')
        .filter((path) => !path.includes('.so'));
      expect(programs).toEqual(['usr/local/bin/node']);
    });
  });
});

/** Names of shared libraries in an ELF program for 64 bits: its dynamic section's DT_NEEDED. */
function librariesOf(elf: Buffer): string[] {
  const at = (offset: number) => Number(elf.readBigUInt64LE(offset));
  const sections = Array.from({ length: elf.readUInt16LE(60) }, (_, index) => at(40) + index * elf.readUInt16LE(58));
  const dynamic = sections.find((section) => elf.readUInt32LE(section + 4) === 6)!;
  const strings = at(sections[elf.readUInt32LE(dynamic + 40)]! + 24);
  const entries = Array.from({ length: at(dynamic + 32) / 16 }, (_, index) => at(dynamic + 24) + index * 16);
  const needed = entries.filter((entry) => at(entry) === 1).map((entry) => strings + at(entry + 8));
  return needed.map((start) => elf.toString('latin1', start, elf.indexOf(0, start)));
}
