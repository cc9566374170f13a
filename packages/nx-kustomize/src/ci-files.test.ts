import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { parse } from 'yaml';

const root = join(import.meta.dirname, '../../..');
const read = (path: string) => readFileSync(join(root, path), 'utf8');

interface Step {
  readonly run?: string;
  readonly uses?: string;
}
interface Workflow {
  readonly permissions: object;
  readonly jobs: Record<string, { readonly permissions?: Record<string, string>; readonly steps: readonly Step[] }>;
}
interface GitLabJob {
  readonly before_script?: readonly string[];
  readonly script?: readonly string[];
}

const workflow = parse(read('.github/workflows/fleet.yml')) as Workflow;
const steps = Object.values(workflow.jobs).flatMap((job) => job.steps);
const gitlab = parse(read('.gitlab-ci.yml')) as Record<string, GitLabJob>;

const scripts = {
  GitHub: steps.flatMap(({ run }) => run ?? []),
  GitLab: Object.values(gitlab).flatMap(({ before_script = [], script = [] }) => [...before_script, ...script]),
};

const { scripts: npmScripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };
const { targetDefaults } = JSON.parse(read('nx.json')) as { targetDefaults: Record<string, unknown> };

/** Options of a command of the command line, as it declares them; undefined for one that is not there. */
function optionsOf(command: string): readonly string[] | undefined {
  const [, declared] = read('apps/cli/src/main.ts').split(`.command('${command}')`);
  return declared === undefined
    ? undefined
    : [...(declared.split('.command(')[0] ?? '').matchAll(/--[a-z-]+/g), ...[['--output']]].map(
        ([option]) => option ?? '',
      );
}

test.each(Object.entries(scripts))('%s runs only commands that are there', (_, lines) => {
  const text = lines.join('\n');
  const run = [...text.matchAll(/npm run (?:--silent )?(\S+)(?: -- ([^\n]*))?/g)];
  const nx = [...text.matchAll(/npx nx (\S+)([^\n]*)/g)];
  expect(run.map(([, script = '']) => Object.hasOwn(npmScripts, script))).not.toContain(false);

  const gatefleet = run.filter(([, script]) => script === 'gatefleet').map(([, , args = '']) => args.split(' '));
  const unknown = gatefleet.flatMap(([command = '', ...args]) => {
    const options = optionsOf(command);
    if (options === undefined) return [command];
    return args.filter((arg) => arg.startsWith('--') && !options.includes(arg)).map((arg) => `${command} ${arg}`);
  });
  expect(unknown).toEqual([]);
  expect(gatefleet.map(([command]) => command)).toEqual(['lint', 'diff', 'plan']);

  expect(nx.map(([, command]) => command)).toEqual(['sync:check', 'affected']);
  const targets = nx.flatMap(([, , args = '']) => /-t ([a-z ]+)/.exec(args)?.[1]?.trim().split(' ') ?? []);
  expect(targets.filter((target) => !Object.hasOwn(targetDefaults, target))).toEqual([]);
  expect(targets).toEqual(['lint', 'test']);
});

test('on GitHub nothing has a right that it does not use, and what runs is fixed', () => {
  expect(workflow.permissions).toEqual({});
  expect(Object.entries(workflow.jobs).map(([name, { permissions }]) => [name, permissions])).toEqual([
    ['verify', { contents: 'read' }],
    ['comment', { 'pull-requests': 'write' }],
  ]);
  expect(steps.flatMap(({ uses }) => uses ?? []).filter((uses) => !/@[0-9a-f]{40}$/.test(uses))).toEqual([]);
  // What may write runs nothing of the pull request.
  expect(workflow.jobs['comment']?.steps.filter(({ uses }) => uses?.startsWith('actions/checkout@'))).toEqual([]);
});
