import { ensureTools } from './ensure-tools.ts';

/** The pinned kustomize, for tools that take a module: nx.json names it. */
export default async function kustomizePath(): Promise<string> {
  return (await ensureTools(['kustomize'])).kustomize.path;
}
