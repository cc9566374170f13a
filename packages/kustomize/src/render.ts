import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { KustomizeError } from './errors.ts';
import { parseManifests, type Manifest } from './manifest.ts';

const run = promisify(execFile);

/** Ample for the largest overlay; without a limit a kustomization gone wrong would fill the memory. */
const maxOutputBytes = 64 * 1024 * 1024;

export interface RenderOptions {
  /** Path of the kustomize program. */
  readonly kustomize: string;
  readonly signal?: AbortSignal;
}

/** What a kustomization comes to. */
export interface Rendered {
  /** As kustomize printed it. */
  readonly text: string;
  readonly objects: readonly Manifest[];
}

/**
 * Builds a kustomization as Argo CD does where no build options are set: no plugins, no Helm, no file outside its root.
 *
 * @throws KustomizeError `BUILD_FAILED` with what kustomize said, `PROGRAM_MISSING`
 */
export async function render(folder: string, { kustomize, signal }: RenderOptions): Promise<Rendered> {
  try {
    const { stdout } = await run(kustomize, ['build', folder], { signal, maxBuffer: maxOutputBytes });
    return { text: stdout, objects: parseManifests(stdout, `what kustomize made of ${folder}`) };
  } catch (cause) {
    if (cause instanceof KustomizeError || signal?.aborted === true) throw cause;
    const { code, stderr = '' } = cause as { code?: unknown; stderr?: string };
    if (code === 'ENOENT') {
      throw new KustomizeError('PROGRAM_MISSING', `rendering ${folder}: there is no program at ${kustomize}`, {
        cause,
      });
    }
    const said = stderr.trim().replace(/^Error: /, '');
    throw new KustomizeError('BUILD_FAILED', `rendering ${folder}: ${said === '' ? String(cause) : said}`, {
      hint: `see it again with: kustomize build ${folder}`,
      cause,
    });
  }
}
