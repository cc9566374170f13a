import { join, resolve } from 'node:path';
import { layoutOf, type Layout } from '@gatefleet/local-cluster';

/** The checkout that this command line belongs to. */
export interface Workspace {
  readonly root: string;
  readonly cluster: Layout;
}

const root = resolve(import.meta.dirname, '../../..');

export const workspace: Workspace = { root, cluster: layoutOf(join(root, '.gatefleet')) };

/** What lets Argo CD undo more than changes of single objects; for the cluster that it runs in. */
export const selfHealFolder = join(root, 'apps/self-heal');
