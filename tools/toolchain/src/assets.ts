import type { UnitName } from './units.ts';

/** Files of a module that are read as they are, instead of being copied into this repository. */
export interface Asset {
  /** Whose go.mod and go.sum pin the module. */
  readonly unit: UnitName;
  /** Module in that unit's graph. */
  readonly module: string;
  /** A folder of the module; what is inside is the asset. '' is the module's root. */
  readonly folder: string;
  /** The only files wanted of the folder; absent: all, with subfolders. */
  readonly files?: readonly string[];
  /** For an asset that is one file: its name in the folder, so that the asset's path is the file's. */
  readonly file?: string;
  /** Modules carry no file modes. */
  readonly executable?: boolean;
}

const assetTable = {
  'argocd-manifests': { unit: 'argocd', module: 'github.com/argoproj/argo-cd/v3', folder: 'manifests' },
  'argocd-hack': {
    unit: 'argocd',
    module: 'github.com/argoproj/argo-cd/v3',
    folder: 'hack',
    files: ['git-verify-wrapper.sh', 'gpg-wrapper.sh'],
    executable: true,
  },
  'argocd-openapi': {
    unit: 'argocd',
    module: 'github.com/argoproj/argo-cd/v3',
    folder: 'assets',
    file: 'swagger.json',
  },
  'cri-api-proto': { unit: 'kubernetes', module: 'k8s.io/cri-api', folder: 'pkg/apis/runtime/v1', file: 'api.proto' },
  'metrics-server-manifests': { unit: 'metrics-server', module: 'sigs.k8s.io/metrics-server', folder: 'manifests' },
} as const satisfies Record<string, Asset>;

export type AssetName = keyof typeof assetTable;
export const assets: Readonly<Record<AssetName, Asset>> = assetTable;
export const assetNames: readonly AssetName[] = Object.keys(assetTable) as AssetName[];
