/** Processors that images are made for, as Debian, OCI and Go call them. */
export const architectures = ['amd64', 'arm64'] as const;
export type Architecture = (typeof architectures)[number];

/** The package of npm that holds Node for Linux on that processor. */
export function nodePackage(architecture: Architecture): string {
  return `node-linux-${architecture === 'amd64' ? 'x64' : architecture}`;
}
