import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { parse } from 'yaml';

const root = join(import.meta.dirname, '../../..');
const read = (path: string) => readFileSync(join(root, path), 'utf8');

interface Step {
  readonly run?: string;
  readonly uses?: string;
}
interface Job {
  readonly permissions?: Record<string, string>;
  readonly environment?: string;
  readonly container?: string;
  readonly 'timeout-minutes'?: number;
  readonly steps: readonly Step[];
}
interface Workflow {
  readonly permissions: object;
  readonly jobs: Record<string, Job>;
}
interface GitLabJob {
  readonly before_script?: readonly string[];
  readonly script?: readonly string[];
}

const workflows = Object.fromEntries(
  globSync('*.yml', { cwd: join(root, '.github/workflows') }).map((file) => [
    file.replace('.yml', ''),
    parse(read(`.github/workflows/${file}`)) as Workflow,
  ]),
);
const jobs = Object.entries(workflows).flatMap(([workflow, { jobs: own }]) =>
  Object.entries(own).map(([name, job]) => ({ name: `${workflow}: ${name}`, ...job })),
);
const stepsOf = (...ofWorkflows: readonly string[]) =>
  ofWorkflows.flatMap((name) => Object.values(workflows[name]?.jobs ?? {})).flatMap((job) => job.steps);
const gitlab = parse(read('.gitlab-ci.yml')) as Record<string, GitLabJob>;

const scripts = {
  GitHub: stepsOf('fleet').flatMap(({ run }) => run ?? []),
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
  expect(Object.values(workflows).map(({ permissions }) => permissions)).toEqual([{}, {}, {}]);
  expect(Object.fromEntries(jobs.map(({ name, permissions }) => [name, permissions]))).toEqual({
    'audit: known-vulnerabilities': { contents: 'read' },
    'audit: debian': { contents: 'read' },
    'fleet: verify': { contents: 'read' },
    'fleet: comment': { 'pull-requests': 'write' },
    'release: build': { contents: 'read' },
    'release: image': { packages: 'write', 'id-token': 'write', attestations: 'write' },
    'release: packages': { 'id-token': 'write' },
    'release: page': { contents: 'write' },
  });
  const uses = jobs.flatMap(({ steps }) => steps.flatMap((step) => step.uses ?? []));
  expect(uses.filter((action) => !/@[0-9a-f]{40}$/.test(action))).toEqual([]);
  const containers = jobs.flatMap(({ container }) => container ?? []);
  expect(containers.filter((image) => !/@sha256:[0-9a-f]{64}$/.test(image))).toEqual([]);
  expect(jobs.filter((job) => job['timeout-minutes'] === undefined)).toEqual([]);
});

test('on GitHub what may write runs nothing of the repository', () => {
  const writing = jobs.filter(({ permissions = {} }) => Object.values(permissions).includes('write'));
  expect(writing).toHaveLength(4);
  const text = (step: Step) => `${step.uses ?? ''} ${step.run ?? ''}`;
  const running = /actions\/checkout@|npm (ci|run|install|test)|npx |node /;
  expect(writing.filter(({ steps }) => steps.some((step) => running.test(text(step))))).toEqual([]);
});

test('what has to do with a registry waits for the environment "release", which people approve', () => {
  const publishing = jobs.filter(({ permissions = {} }) => 'id-token' in permissions || 'packages' in permissions);
  expect(publishing.map(({ environment }) => environment)).toEqual(['release', 'release']);
});

test('audits and releases run only commands of tools/supply-chain that are there, for the packages that nx.json names', () => {
  const lines = stepsOf('audit', 'release').flatMap(({ run }) => run ?? []);
  const text = lines.join('\n');
  const run = [...text.matchAll(/npm run (?:--silent )?(\S+) -- (\S+)/g)];
  expect(run.map(([, script]) => script)).toEqual(run.map(() => 'supply-chain'));
  const program = read('tools/supply-chain/src/main.ts');
  const commands = [...new Set(run.map(([, , command = '']) => command))].sort();
  expect(commands).toEqual(['audit', 'bill', 'image', 'lock', 'package']);
  expect(commands.filter((command) => !program.includes(`\n  async ${command}(`))).toEqual([]);
  const { release } = JSON.parse(read('nx.json')) as { release: { projects: readonly string[] } };
  expect(/for name in (.*); do/.exec(text)?.[1]?.split(' ')).toEqual(release.projects);
});
