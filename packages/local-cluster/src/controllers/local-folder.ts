import { chmod, mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import {
  PatchStrategy,
  setHeaderOptions,
  type CoreV1Api,
  type V1PersistentVolume,
  type V1PersistentVolumeClaim,
} from '@kubernetes/client-node';

/** Name of the provisioner in the StorageClass. */
export const provisioner = 'gatefleet.dev/local-folder';

/** @see https://kubernetes.io/docs/reference/labels-annotations-taints/#volume-kubernetes-io-selected-node */
const selectedNode = 'volume.kubernetes.io/selected-node';
const provisionedBy = 'pv.kubernetes.io/provisioned-by';

/**
 * The volume that a claim asks for, once the scheduler has chosen its node (WaitForFirstConsumer); `undefined` while
 * there is nothing to do.
 */
export function volumeFor(
  claim: V1PersistentVolumeClaim,
  storageClasses: readonly string[],
  folderOf: (node: string, volume: string) => string,
): V1PersistentVolume | undefined {
  const { metadata, spec } = claim;
  const node = metadata?.annotations?.[selectedNode];
  if (spec === undefined || metadata?.uid === undefined || node === undefined) return undefined;
  if (spec.volumeName !== undefined) return undefined;
  const storageClass = spec.storageClassName;
  if (storageClass === undefined || !storageClasses.includes(storageClass)) return undefined;
  if (metadata.deletionTimestamp !== undefined) return undefined;
  const name = `pvc-${metadata.uid}`;
  return {
    apiVersion: 'v1',
    kind: 'PersistentVolume',
    metadata: { name, annotations: { [provisionedBy]: provisioner } },
    spec: {
      accessModes: spec.accessModes ?? ['ReadWriteOnce'],
      capacity: { storage: spec.resources?.requests?.['storage'] ?? '1Gi' },
      claimRef: {
        apiVersion: 'v1',
        kind: 'PersistentVolumeClaim',
        ...(metadata.namespace === undefined ? {} : { namespace: metadata.namespace }),
        ...(metadata.name === undefined ? {} : { name: metadata.name }),
        uid: metadata.uid,
      },
      persistentVolumeReclaimPolicy: 'Delete',
      storageClassName: storageClass,
      volumeMode: 'Filesystem',
      local: { path: folderOf(node, name) },
      nodeAffinity: {
        required: {
          nodeSelectorTerms: [
            { matchExpressions: [{ key: 'kubernetes.io/hostname', operator: 'In', values: [node] }] },
          ],
        },
      },
    },
  };
}

/** A volume that is to become larger, as its claim has come to ask; `undefined` where it is as large. */
export function enlargementOf(
  { spec, status }: V1PersistentVolumeClaim,
  storageClasses: readonly string[],
): { readonly name: string; readonly storage: string } | undefined {
  const name = spec?.volumeName;
  const storage = spec?.resources?.requests?.['storage'];
  const present = status?.capacity?.['storage'];
  if (name === undefined || storage === undefined || present === undefined || storage === present) return undefined;
  return storageClasses.includes(spec?.storageClassName ?? '') ? { name, storage } : undefined;
}

/** Says so of the volume: a folder has no size, and kubelet tells the claim. */
export async function enlarge(core: CoreV1Api, name: string, storage: string): Promise<void> {
  const body = { spec: { capacity: { storage } } };
  await core.patchPersistentVolume({ name, body }, setHeaderOptions('Content-Type', PatchStrategy.MergePatch));
}

/** Makes the folder and the volume. A volume that is there already is left as it is. */
export async function provision(core: CoreV1Api, volume: V1PersistentVolume): Promise<void> {
  const folder = volume.spec?.local?.path;
  if (folder === undefined) return;
  await mkdir(folder, { recursive: true });
  // As a fresh disk's root would be: kubelet gives it to the Pod's fsGroup.
  await chmod(folder, 0o777);
  await core.createPersistentVolume({ body: volume }).catch((error: unknown) => {
    if (!isConflict(error)) throw error;
  });
}

/** Whether a volume of this provisioner has lost its claim. */
export const isReleased = (volume: V1PersistentVolume): boolean =>
  volume.metadata?.annotations?.[provisionedBy] === provisioner &&
  volume.status?.phase === 'Released' &&
  volume.spec?.persistentVolumeReclaimPolicy === 'Delete';

/** Deletes a released volume and its folder, which has to lie under `root`. */
export async function reclaim(core: CoreV1Api, volume: V1PersistentVolume, root: string): Promise<void> {
  const folder = volume.spec?.local?.path;
  const name = volume.metadata?.name;
  if (folder?.startsWith(join(root, '/')) !== true || name === undefined) return;
  await rm(folder, { recursive: true, force: true });
  await core.deletePersistentVolume({ name });
}

const isConflict = (error: unknown): boolean =>
  typeof error === 'object' && error !== null && 'code' in error && error.code === 409;
