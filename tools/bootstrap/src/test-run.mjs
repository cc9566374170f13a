import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runChild } from './run-child.mjs';
import { closingLine, countTests, exitCodeOf, tellFailed } from './test-counts.mjs';

const reporter = fileURLToPath(new URL('./life-reporter.mjs', import.meta.url));

/**
 * The runs of Jest that make up the whole, one group after the other; those of a group run beside each other. What starts real programs
 * runs file after file: in two rows, since it waits for half of its time, and in one where how soon something happens is what it is about.
 * @param {readonly string[]} args - the user's, for Jest
 * @returns {{ name: string, args: string[] }[][]}
 */
export function planRuns(args) {
  const oneByOne = ['--runInBand', '--reporters=default', `--reporters=${reporter}`];
  const select = (/** @type {string} */ project) => ['--selectProjects', project];
  if (args.some((arg) => arg.startsWith('--selectProjects')))
    return [[{ name: 'selected', args: [...oneByOne, ...args] }]];
  // The user's come first: --selectProjects takes every word that follows it.
  return [
    [{ name: 'unit', args: [...args, ...select('unit')] }],
    [1, 2].map((row) => ({
      name: `real-${row}`,
      args: [...args, ...oneByOne, `--shard=${row}/2`, ...select('real')],
    })),
    [{ name: 'faults', args: [...args, ...oneByOne, ...select('faults')] }],
    [{ name: 'e2e', args: [...args, ...oneByOne, ...select('e2e')] }],
  ];
}

/**
 * Makes every tool ready and runs all tests; the last line counts them.
 * @param {{ root: string, node: string, env: NodeJS.ProcessEnv, args: readonly string[] }} options
 * @returns {Promise<number>} exit code
 */
export async function runTests({ root, node, env, args }) {
  const tools = await runChild(node, [join(root, 'tools/toolchain/src/main.ts'), 'ensure', '--all'], {
    cwd: root,
    env,
    // The paths that it prints are of no use here.
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  if (tools !== 0) return finish([{ result: undefined, exitCode: tools }], root);

  const results = join(root, 'node_modules', '.cache', 'gatefleet-tests');
  rmSync(results, { recursive: true, force: true });
  mkdirSync(results, { recursive: true });
  const jest = join(root, 'node_modules', 'jest', 'bin', 'jest.js');
  const nodeOptions =
    `${env.NODE_OPTIONS ?? ''} --experimental-vm-modules --disable-warning=ExperimentalWarning`.trim();
  const runs = [];
  for (const group of planRuns(args)) {
    const ended = await Promise.all(
      group.map(async ({ name, args: runArgs }) => {
        process.stderr.write(`\ntests: ${name}\n`);
        const json = join(results, `${name}.json`);
        const exitCode = await runChild(
          node,
          [jest, '--json', `--outputFile=${json}`, '--passWithNoTests', ...runArgs],
          { cwd: root, env: { ...env, NODE_OPTIONS: nodeOptions } },
        );
        return { result: readResult(json), exitCode };
      }),
    );
    runs.push(...ended);
    // A signal ended it: the rest is not wanted.
    if (ended.some(({ exitCode }) => exitCode > 128)) break;
  }
  return finish(runs, root);
}

/**
 * @param {Parameters<typeof countTests>[0]} runs
 * @param {string} root
 */
function finish(runs, root) {
  const counts = countTests(runs);
  for (const failed of tellFailed(runs, root)) process.stderr.write(`\n${failed}\n`);
  process.stdout.write(`${closingLine(counts)}\n`);
  return exitCodeOf(counts);
}

/**
 * @param {string} file
 * @returns {import('./test-counts.mjs').JestResult | undefined}
 */
function readResult(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return undefined;
  }
}
