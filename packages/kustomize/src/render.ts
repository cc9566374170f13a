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
  readonly signal?: AbortSignal | undefined;
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
export async function render(folder: string, options: RenderOptions): Promise<Rendered> {
  const text = await renderText(folder, options);
  return { text, objects: parseManifests(text, `what kustomize made of ${folder}`) };
}

/** As {@link render}, without reading what kustomize printed. */
export async function renderText(folder: string, { kustomize, signal }: RenderOptions): Promise<string> {
  try {
    const { stdout } = await run(kustomize, ['build', folder], { signal, maxBuffer: maxOutputBytes });
    return stdout;
  } catch (cause) {
    if (signal?.aborted === true) throw cause;
    const { code, stderr = '' } = cause as { code?: unknown; stderr?: string };
    if (code === 'ENOENT') {
      throw new KustomizeError('PROGRAM_MISSING', `rendering ${folder}: there is no program at ${kustomize}`, {
        cause,
      });
    }
    const said = stderr
      .replaceAll(/^# Warning:.*\n?/gm, '')
      .trim()
      .replace(/^Error: /, '');
    throw new KustomizeError('BUILD_FAILED', `rendering ${folder}: ${said === '' ? String(cause) : said}`, {
      hint: `see it again with: kustomize build ${folder}`,
      cause,
    });
  }
}
