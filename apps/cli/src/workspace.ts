import { join, resolve } from 'node:path';
import { layoutOf, type Layout } from '@gatefleet/local-cluster';

/** The checkout that this command line belongs to. */
export interface Workspace {
  readonly root: string;
  readonly cluster: Layout;
}

const root = resolve(import.meta.dirname, '../../..');

export const workspace: Workspace = { root, cluster: layoutOf(join(root, '.gatefleet')) };
