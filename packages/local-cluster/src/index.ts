/**
 * Kubernetes on this machine without containers: real components in namespaces of their own under one supervisor.
 *
 * @packageDocumentation
 */
import { join } from 'node:path';

/** Kustomizations of what runs beside a gateway fleet in a cluster; each expects the published manifests in `published/`. */
export const addonsFolder = join(import.meta.dirname, '../addons');

export { peerName, ports } from './addresses.ts';
export { catalogueOf } from './catalogue.ts';
export { ClusterError, type ClusterErrorCode } from './errors.ts';
export { layoutOf, type Layout } from './layout.ts';
export { findRunning, type RunningCluster } from './launch/running.ts';
export { startCluster, type StartedCluster, type StartOptions } from './launch/start.ts';
export { stopCluster } from './launch/stop.ts';
