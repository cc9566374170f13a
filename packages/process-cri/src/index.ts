/** A container runtime (CRI v1) for kubelet that runs containers as local processes, without images. Knows nothing of Kubernetes' API. @packageDocumentation */
import { fileURLToPath } from 'node:url';

export { Catalogue, type CatalogueFile, type CatalogueImage, type CatalogueInput } from './catalogue/catalogue.ts';
export { normalImageReference } from './catalogue/image-reference.ts';
export { RuntimeConfig, type RuntimeConfigInput } from './config.ts';
export { CriError, type CriErrorCode } from './errors.ts';

/** The program: `node <processCriMain> --config FILE`, where FILE holds a {@link RuntimeConfig} as JSON. One process a node. */
export const processCriMain = fileURLToPath(new URL('main.ts', import.meta.url));
