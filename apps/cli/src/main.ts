#!/usr/bin/env node
import { Command, InvalidArgumentError, Option } from 'commander';
import { createAsk } from './output/ask.ts';
import { failureOf, failureText } from './output/failure.ts';
import { lintFormats, type LintFormat } from './output/lint-formats.ts';
import { createProgress } from './output/progress.ts';
import type { CommandResult } from './output/result.ts';
import { addCertificateCommands } from './program/certificate-commands.ts';
import { addDeliveryCommands } from './program/delivery-commands.ts';
import { addRotateCommands } from './program/rotate-commands.ts';
import { context, output, type OutputOptions } from './program/options.ts';
import { workspace } from './workspace.ts';

const interrupt = new AbortController();
for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.once(name, () => {
    interrupt.abort(new DOMException(`interrupted by ${name}`, 'AbortError'));
  });
}
const color = process.stderr.isTTY && process.env['NO_COLOR'] === undefined && process.env['TERM'] !== 'dumb';
const progress = createProgress(process.stderr, color);

function print<T>({ value, text, exitCode }: CommandResult<T>, options: OutputOptions): void {
  process.stdout.write(options.output === 'json' ? `${JSON.stringify(value, undefined, 2)}\n` : text);
  process.exitCode = exitCode;
}

const nodeCount = (text: string): number => {
  const count = Number(text);
  if (!Number.isInteger(count) || count < 1 || count > 9)
    throw new InvalidArgumentError('use a whole number from 1 to 9');
  return count;
};

const ask = createAsk(process.stdin, process.stderr, interrupt.signal);

const commaSeparated = (text: string): string[] =>
  text
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');

// A command is loaded when it is asked for: all of them together take more time than most of them run.
const program = new Command('gatefleet')
  .description('A fleet of Traefik gateways with shared certificates, from git.')
  .configureOutput({ writeOut: (text) => process.stdout.write(text), writeErr: (text) => process.stderr.write(text) })
  .exitOverride()
  .showHelpAfterError('(add --help for what there is)');

program
  .command('up')
  .description(
    'start Kubernetes on this machine, deploy the commit at HEAD by Argo CD, and prove that every gateway serves it',
  )
  .option('--environments <names>', 'a cluster for each, by names with commas; `local` when left out', commaSeparated)
  .option('--nodes <count>', 'nodes of each cluster, 1 to 9; three, or two where there are several clusters', nodeCount)
  .option('--foreground', 'stay, and end the cluster on Ctrl-C', false)
  .option(
    '--context <name>',
    'bring Argo CD and the environments to this context of your kubeconfig instead, and ask first',
  )
  .option('--yes', 'do not ask', false)
  .addOption(output())
  .addHelpText(
    'after',
    '\nExamples:\n  npm run up\n  npm run up -- --nodes 4\n  npm run up -- --environments dev,staging,production\n  npm run up -- --foreground\n  npm run up -- --context kind-kind --environments dev\n',
  )
  .action(
    async (
      options: {
        environments?: string[];
        nodes?: number;
        foreground: boolean;
        context?: string;
        yes: boolean;
      } & OutputOptions,
    ) => {
      const { context: bootstrapped, environments, yes } = options;
      if (bootstrapped !== undefined) {
        const { upContext } = await import('./commands/up-context.ts');
        print(
          await upContext({ context: bootstrapped, environments, yes, ask, progress, signal: interrupt.signal }),
          options,
        );
        return;
      }
      const { up } = await import('./commands/up.ts');
      const { printProgress } = await import('@gatefleet/toolchain');
      await up(
        options,
        progress,
        { onProgress: printProgress(process.stderr) },
        (result) => {
          print(result, options);
        },
        interrupt.signal,
      );
    },
  );

program
  .command('down')
  .description('end the local cluster and remove everything that it left')
  .addOption(output())
  .addHelpText('after', '\nExample:\n  npm run down\n')
  .action(async (options: OutputOptions) => {
    const { down } = await import('./commands/down.ts');
    print(await down(), options);
  });

program
  .command('status')
  .description('all environments side by side: commit, age, sync, health, gateways, store, certificates, drift')
  .addOption(context())
  .addOption(output())
  .addHelpText(
    'after',
    '\nExamples:\n  npm run gatefleet -- status\n  npm run gatefleet -- status --context argocd-admin\n  npm run --silent gatefleet -- status --output json | jq .environments\n\nExit code: 0 all is well, 1 something is not.\n',
  )
  .action(async (options: { context?: string } & OutputOptions) => {
    const { status } = await import('./commands/status.ts');
    print(await status(options.context, interrupt.signal), options);
  });

addDeliveryCommands(program, {
  print,
  progress,
  ask,
  signal: interrupt.signal,
});

addCertificateCommands(program, { print, signal: interrupt.signal });

addRotateCommands(program, { print, progress, signal: interrupt.signal });

program
  .command('generate')
  .description('make each environment’s overlay and Argo CD Application from its environment.yaml')
  .argument('[environment...]', 'names of environments; all when left out')
  .option('--check', 'write nothing; exit 1 if anything is not as generated', false)
  .option('--diff', 'write nothing; show what would change', false)
  .addOption(output())
  .addHelpText(
    'after',
    '\nExamples:\n  npm run gatefleet -- generate\n  npm run gatefleet -- generate local staging --diff\n  npm run gatefleet -- generate --check\n',
  )
  .action(async (environments: string[], options: { check: boolean; diff: boolean } & OutputOptions) => {
    const { generateCommand } = await import('./commands/generate.ts');
    print(await generateCommand({ ...options, environments, root: workspace.root }), options);
  });

program
  .command('lint')
  .description('check what the repository deploys: each environment, and all of them together')
  .argument('[environment...]', 'names of environments, or folders of kustomizations; everything when left out')
  .option('--since <revision>', 'check too what changed since a git revision, in everything')
  .option('--rule <id...>', 'only these rules')
  .option('--list-rules', 'show the rules, and check nothing', false)
  .addOption(new Option('--output <format>', 'what stdout gets').choices(lintFormats).default('human'))
  .addHelpText(
    'after',
    '\nExamples:\n  npm run gatefleet -- lint\n  npm run gatefleet -- lint production\n  npm run gatefleet -- lint --since origin/main\n  npm run --silent gatefleet -- lint --output sarif > lint.sarif\n\nExit code: 0 no errors, 1 errors, 2 wrong use.\n',
  )
  .action(
    async (
      environments: string[],
      options: { since?: string; rule?: string[]; listRules: boolean; output: LintFormat },
    ) => {
      if (options.listRules) {
        const { listRules } = await import('./commands/lint.ts');
        print(listRules(), { output: options.output === 'json' ? 'json' : 'human' });
        return;
      }
      const { lintCommand } = await import('./commands/lint.ts');
      const result = await lintCommand({
        root: workspace.root,
        environments,
        rules: options.rule ?? [],
        since: options.since,
        format: options.output,
        colour: process.stdout.isTTY && process.env['NO_COLOR'] === undefined,
        progress,
        signal: interrupt.signal,
      });
      print(result, { output: 'human' });
    },
  );

program
  .command('diff')
  .description('what the work tree changes in the rendered objects of each environment, against a git revision')
  .argument('[environment...]', 'names of environments, or folders of kustomizations; all when left out')
  .option('--since <revision>', 'git revision to compare with', 'HEAD')
  .addOption(
    new Option('--output <format>', 'what stdout gets').choices(['human', 'json', 'markdown']).default('human'),
  )
  .addHelpText(
    'after',
    '\nExamples:\n  npm run gatefleet -- diff\n  npm run gatefleet -- diff production --since origin/main\n  npm run --silent gatefleet -- diff --since origin/main --output markdown\n',
  )
  .action(async (environments: string[], options: { since: string; output: 'human' | 'json' | 'markdown' }) => {
    const { since, output: format } = options;
    const colour = process.stdout.isTTY && process.env['NO_COLOR'] === undefined;
    const { root } = workspace;
    const { diffCommand } = await import('./commands/diff.ts');
    const result = await diffCommand({ root, environments, since, format, colour, progress, signal: interrupt.signal });
    print(result, { output: format === 'json' ? 'json' : 'human' });
  });

program
  .command('plan')
  .description('which certificates the Ingresses of this repository come to, for which hosts, against which limits')
  .argument('[environment...]', 'names of environments; all when left out')
  .addOption(
    new Option('--output <format>', 'what stdout gets').choices(['human', 'json', 'markdown']).default('human'),
  )
  .addHelpText(
    'after',
    '\nExamples:\n  npm run gatefleet -- plan\n  npm run gatefleet -- plan production\n  npm run --silent gatefleet -- plan --output json | jq .limits\n',
  )
  .action(async (environments: string[], { output: format }: { output: 'human' | 'json' | 'markdown' }) => {
    const { root } = workspace;
    const { planCommand } = await import('./commands/plan.ts');
    const result = await planCommand({ root, environments, format, progress, signal: interrupt.signal });
    print(result, { output: format === 'json' ? 'json' : 'human' });
  });

program
  .command('doctor')
  .description('each pinned program: version, where it came from, what needs it')
  .addOption(output())
  .addHelpText('after', '\nExample:\n  npm run gatefleet -- doctor\n')
  .action(async (options: OutputOptions) => {
    const { doctor } = await import('./commands/doctor.ts');
    print(await doctor(), options);
  });

try {
  await program.parseAsync();
} catch (error) {
  const code = (error as { code?: unknown }).code;
  if (typeof code === 'string' && code.startsWith('commander.')) {
    process.exitCode = (error as { exitCode: number }).exitCode === 0 ? 0 : 2;
  } else if (interrupt.signal.aborted) {
    process.stderr.write('interrupted\n');
    process.exitCode = 130;
  } else {
    const asJson =
      process.argv.includes('--output=json') || process.argv[process.argv.indexOf('--output') + 1] === 'json';
    process.stderr.write(asJson ? `${JSON.stringify(failureOf(error))}\n` : failureText(error));
    process.exitCode = 1;
  }
}
