import type { DebianLock } from './debian-lock.ts';
import type { RunConfig } from './layout.ts';
import type { TarEntry } from './tar.ts';

/** The user of every process in the image, who owns nothing in it but an empty home. */
export const user = { uid: 65_532, gid: 65_532, name: 'nonroot', home: '/home/nonroot' } as const;

export interface Release {
  /** As in the image's tag. */
  readonly version: string;
  /** The commit. */
  readonly revision: string;
  /** Of the commit, in seconds since 1970: the age of everything that is ours. */
  readonly created: number;
}

/** What a system without a shell or a package manager still needs, for programs and for those who scan it. */
export function systemEntries({ release, codename }: DebianLock): TarEntry[] {
  const { uid, gid, name, home } = user;
  const file = (path: string, text: string): TarEntry => ({ path, kind: 'file', content: Buffer.from(text) });
  // Where runtimes mount what each container has, so that they need not write to the image's own layers.
  const mounted = ['dev', 'proc', 'sys'].map((path): TarEntry => ({ path, kind: 'folder' }));
  return [
    ...mounted,
    file('etc/passwd', `root:x:0:0:root:/root:/sbin/nologin\n${name}:x:${uid}:${gid}:${name}:${home}:/sbin/nologin\n`),
    file('etc/group', `root:x:0:\n${name}:x:${gid}:\n`),
    file('etc/nsswitch.conf', 'passwd: files\ngroup: files\nhosts: files dns\n'),
    file(
      'etc/os-release',
      `ID=debian\nVERSION_ID="${release}"\nVERSION_CODENAME=${codename}\nPRETTY_NAME="Gatefleet"\n`,
    ),
    { path: home.slice(1), kind: 'folder', mode: 0o700, owner: uid },
    { path: 'tmp', kind: 'folder', mode: 0o1777 },
  ];
}

/** @param bundle - the controller as one file */
export function controllerEntries(bundle: Buffer): TarEntry[] {
  return [
    { path: 'app/main.js', kind: 'file', content: bundle },
    { path: 'app/package.json', kind: 'file', content: Buffer.from('{"type":"module"}\n') },
  ];
}

export function controllerConfig({ version, revision, created }: Release): RunConfig {
  const source = 'https://github.com/gatefleet/gatefleet';
  const labels = {
    title: 'acme-controller',
    description: 'Certificates for all gateways of a gatefleet: orders, renews, publishes, and answers challenges',
    licenses: 'Apache-2.0',
    vendor: 'gatefleet',
    source,
    url: source,
    documentation: `${source}/blob/${revision}/apps/acme-controller/README.md`,
    version,
    revision,
    created: new Date(created * 1_000).toISOString(),
  };
  return {
    User: `${user.uid}:${user.gid}`,
    Env: ['PATH=/usr/local/bin:/usr/bin:/bin', 'NODE_ENV=production'],
    Entrypoint: ['node', '--enable-source-maps', '--disable-sigusr1', '/app/main.js'],
    WorkingDir: '/app',
    Labels: Object.fromEntries(
      Object.entries(labels).map(([name, value]) => [`org.opencontainers.image.${name}`, value]),
    ),
  };
}
