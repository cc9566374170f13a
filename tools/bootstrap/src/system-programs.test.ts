import { expect, test } from '@jest/globals';
import {
  clusterPrograms,
  installCommand,
  isDebianLike,
  missingPackages,
  searchPath,
  testPrograms,
} from './system-programs.mjs';

const programs = [...clusterPrograms, ...testPrograms];
const all = programs.flatMap(({ anyOf }) => anyOf);
const without =
  (...missing: string[]) =>
  (program: string) =>
    all.includes(program) && !missing.includes(program);

test.each([
  { given: 'all there', missing: [], packages: [] },
  { given: 'only runc of the two', missing: ['crun'], packages: [] },
  { given: 'neither crun nor runc', missing: ['crun', 'runc'], packages: ['crun'] },
  { given: 'no newuidmap', missing: ['newuidmap'], packages: ['uidmap'] },
  {
    given: 'no nft and no redis',
    missing: ['redis-server', 'nft'],
    packages: ['nftables', 'redis-tools'],
  },
])('given $given, $packages are missing', ({ missing, packages }) => {
  expect(missingPackages(programs, without(...missing))).toEqual(packages);
});

test('the one command installs only these', () => {
  expect(installCommand(['nftables', 'crun'])).toBe(
    'apt-get update && DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=600 install -y --no-install-recommends nftables crun',
  );
});

test('Redis comes without its service', () => {
  const command = installCommand(['redis-tools']);
  expect(command).toMatch(/ && ln -sf .* \/usr\/local\/bin\/redis-server$/);
  expect(programs.map(({ debianPackage }) => debianPackage)).not.toContain('redis-server');
});

test('BIND comes with its service masked beforehand', () => {
  const command = installCommand(['bind9', 'nftables']);
  expect(command).toMatch(/^mkdir -p \S+ && ln -sf \/dev\/null \/etc\/systemd\/system\/named\.service && apt-get /);
});

test('the one command can be put between single quotes', () => {
  expect(installCommand(programs.map(({ debianPackage }) => debianPackage))).not.toContain("'");
});

test.each([
  { text: 'PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\nID=debian\n', then: true },
  { text: 'ID=linuxmint\nID_LIKE="ubuntu debian"\n', then: true },
  { text: 'ID=fedora\n', then: false },
  { text: 'ID=arch\nHOME_URL="https://not.debian.example"\n', then: false },
  { text: '', then: false },
])('$text is Debian-like: $then', ({ text, then }) => {
  expect(isDebianLike(text)).toBe(then);
});

test("administrators' folders are searched after the user's own", () => {
  expect(searchPath({ PATH: '/home/a/bin' })).toBe('/home/a/bin:/usr/local/sbin:/usr/sbin:/sbin');
});
