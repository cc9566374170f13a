import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { filesOf } from '@gatefleet/kustomize/testing';

const read = (name: string) => filesOf(readFileSync(join(import.meta.dirname, `${name}.txtar`), 'utf8'));

/** Repositories that are not ours and know nothing of environment.yaml, laid out as others do it; each with a few mistakes. */
export const foreignRepositories = {
  fluxStyle: read('flux-style'),
  appEnvs: read('app-envs'),
} as const;
