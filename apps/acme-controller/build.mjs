import { dirname, resolve } from 'node:path';
import { build } from 'esbuild';

/**
 * Writes the controller as one file that Node runs without node_modules.
 *
 * @param {string} outFile - e.g. `main.js` in a folder whose package.json says `"type": "module"`, or `main.mjs`.
 * @param {string} entryPoint - below this folder; another one for tests only.
 * @param {string} [formats] - below this folder, in place of `src/store/known-formats.ts`; for tests only.
 * @returns the files that it is made of, relative to this folder
 */
export async function buildController(outFile, entryPoint = 'src/main.ts', formats = undefined) {
  const { metafile } = await build({
    // What is said of a module's place is relative to it, so that it's the same wherever the repository is.
    absWorkingDir: import.meta.dirname,
    entryPoints: [entryPoint],
    outfile: resolve(outFile),
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node24',
    // Half of it is generated API types; names stay, for stack traces.
    minifyWhitespace: true,
    minifySyntax: true,
    legalComments: 'none',
    logLevel: 'error',
    metafile: true,
    plugins: formats === undefined ? [] : [inPlaceOfKnownFormats(resolve(import.meta.dirname, formats))],
    // CommonJS parts of dependencies ask for Node's modules by require.
    banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" },
  });
  return Object.keys(metafile.inputs);
}

/**
 * @param {string} path - of a module, whose neighbours see what it takes the place of.
 * @returns {import('esbuild').Plugin}
 */
function inPlaceOfKnownFormats(path) {
  return {
    name: 'known-formats',
    setup(build) {
      build.onResolve({ filter: /\/known-formats\.ts$/ }, ({ importer }) =>
        dirname(importer) === dirname(path) ? undefined : { path },
      );
    },
  };
}

if (import.meta.main) {
  const [outFile, entryPoint, formats] = process.argv.slice(2);
  if (outFile === undefined) throw new Error('usage: node build.mjs OUT-FILE [ENTRY-POINT [FORMATS]]');
  process.stdout.write(`${(await buildController(outFile, entryPoint, formats)).join('\n')}\n`);
}
