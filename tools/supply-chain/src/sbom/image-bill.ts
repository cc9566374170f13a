import type { DebianLock } from '../image/debian-lock.ts';
import type { ImageContent } from '../image/image-content.ts';
import { lockedNode, type PackageLock } from '../image/node-entries.ts';
import { architectures, nodePackage } from '../image/platform.ts';
import { dated, type Bill, type Component } from './bill.ts';

/** What is in the controller's image: the npm packages of its bundle, Node, and Debian's. @param repository - describes the npm packages */
export function imageBill(repository: Bill, { digest, release, modules, debian, lock }: ImageContent): Bill {
  const refs = new Set(modules.map((path) => packageOf(path, lock)));
  const bundled = repository.components.filter((component) => refs.has(component['bom-ref']));
  const systems = [...debianComponents(debian), ...nodeComponents(lock)];
  const name = 'acme-controller';
  const query = `repository_url=${encodeURIComponent(`ghcr.io/gatefleet/${name}`)}&tag=${release.version}`;
  const component = {
    'bom-ref': `${name}@${release.version}`,
    type: 'container',
    name,
    version: release.version,
    purl: `pkg:oci/${name}@${encodeURIComponent(digest)}?${query}`,
  };
  const ofBundle = repository.dependencies
    .filter(({ ref }) => refs.has(ref))
    .map(({ ref, dependsOn = [] }) => ({ ref, dependsOn: dependsOn.filter((other) => refs.has(other)) }));
  const roots = [...systems.map((system) => system['bom-ref']), ...refs].sort();
  return dated(
    {
      ...repository,
      metadata: { ...repository.metadata, component },
      components: [...bundled, ...systems],
      dependencies: [{ ref: component['bom-ref'], dependsOn: roots }, ...ofBundle],
    },
    release.created,
  );
}

/** The package that a file belongs to, as npm's bill refers to it: name and version. */
function packageOf(path: string, { packages }: PackageLock): string {
  const [, key = ''] = /^((?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+|[^/]+\/[^/]+)\//.exec(path) ?? [];
  const { name = key.slice(key.lastIndexOf('node_modules/') + 'node_modules/'.length), version = '' } =
    packages[key] ?? {};
  return `${name}@${version}`;
}

function debianComponents({ release, packages }: DebianLock): Component[] {
  return Object.entries(packages).flatMap(([name, pins]) =>
    architectures.map((architecture) => {
      const { version, sha256 } = pins[architecture];
      const purl = `pkg:deb/debian/${encodeURIComponent(name)}@${encodeURIComponent(version)}?arch=${architecture}&distro=debian-${release}`;
      return { 'bom-ref': purl, type: 'library', name, version, purl, hashes: [{ alg: 'SHA-256', content: sha256 }] };
    }),
  );
}

function nodeComponents(lock: PackageLock): Component[] {
  return architectures.map((architecture) => {
    const { version, integrity } = lockedNode(lock, architecture);
    const name = nodePackage(architecture);
    const content = Buffer.from(integrity.slice('sha512-'.length), 'base64').toString('hex');
    return {
      'bom-ref': `${name}@${version}`,
      type: 'application',
      name,
      version,
      purl: `pkg:npm/${name}@${version}`,
      // What vulnerabilities of Node are listed under.
      cpe: `cpe:2.3:a:nodejs:node.js:${version}:*:*:*:lts:*:*:*`,
      hashes: [{ alg: 'SHA-512', content }],
    };
  });
}
