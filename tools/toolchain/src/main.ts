import { assetNames } from './assets.ts';
import {
  commonTools,
  ensureAsset,
  ensureTools,
  inspectTools,
  printProgress,
  toolNames,
  ToolchainError,
} from './index.ts';

const usage = `usage: main.ts ensure (--all | NAME…)   makes tools ready; prints their paths
       main.ts doctor                 lists the tools; builds nothing
`;

/** The toolchain by itself, for scripts that come before the command line. */
async function main(args: readonly string[]): Promise<number> {
  const [command, ...names] = args;
  if (command === 'doctor' && names.length === 0) {
    for (const { name, version, source, neededBy } of await inspectTools()) {
      process.stdout.write(`${name.padEnd(24)} ${version.padEnd(9)} ${source.padEnd(8)} ${neededBy}\n`);
    }
    return 0;
  }
  const all = names.length === 1 && names[0] === '--all';
  const wanted = all ? commonTools : toolNames.filter((name) => names.includes(name));
  const unknown = all ? [] : names.filter((name) => !(wanted as readonly string[]).includes(name));
  if (command !== 'ensure' || wanted.length === 0 || unknown.length > 0) {
    process.stderr.write(unknown.length > 0 ? `unknown tool ${unknown.join(', ')}\n${usage}` : usage);
    return 2;
  }
  const abort = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => abort.abort(signal));
  const options = { signal: abort.signal, onProgress: printProgress(process.stderr) };
  for (const { path } of Object.values(await ensureTools(wanted, options))) process.stdout.write(`${path}\n`);
  if (all) for (const name of assetNames) process.stdout.write(`${await ensureAsset(name, options)}\n`);
  return 0;
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  if (!(error instanceof ToolchainError)) throw error;
  process.stderr.write(`error ${error.code}  ${error.message}\n`);
  if (error.hint !== undefined) process.stderr.write(`      hint   ${error.hint}\n`);
  process.exitCode = 1;
}
