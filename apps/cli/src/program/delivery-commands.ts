import type { Command } from 'commander';
import type { Ask } from '../output/ask.ts';
import type { Progress } from '../output/progress.ts';
import type { CommandResult } from '../output/result.ts';
import { context, output, timeout, type OutputOptions } from './options.ts';

/** What commands have of the world. */
export interface CommandIo {
  print<T>(result: CommandResult<T>, options: OutputOptions): void;
  readonly progress: Progress;
  readonly ask: Ask;
  readonly signal: AbortSignal;
}

interface DeliveryOptions extends OutputOptions {
  readonly context?: string;
  readonly timeout: number;
}

/** The commands that bring environments to commits, and back. */
export function addDeliveryCommands(program: Command, io: CommandIo): void {
  const { progress, ask, signal } = io;
  const shared = (options: Pick<DeliveryOptions, 'context' | 'timeout'>) => {
    return { context: options.context, timeoutMs: options.timeout * 1000, ask, progress, signal };
  };

  program
    .command('sync')
    .description('bring an environment to its commit by Argo CD, follow it, and prove that every gateway runs it')
    .argument('<environment>')
    .option('--yes', 'ask nobody', false)
    .addOption(timeout())
    .addOption(context())
    .addOption(output())
    .addHelpText(
      'after',
      '\nExamples:\n  npm run gatefleet -- sync production\n  npm run --silent gatefleet -- sync dev --yes --output json\n',
    )
    .action(async (environment: string, options: { yes: boolean } & DeliveryOptions) => {
      const { syncCommand } = await import('../commands/sync.ts');
      io.print(await syncCommand({ ...shared(options), environment, yes: options.yes }), options);
    });

  program
    .command('wait')
    .description('wait until environments run a commit, and prove it; starts nothing')
    .argument('[environment...]', 'names of environments; all when left out')
    .option(
      '--revision <revision>',
      'the commit, as git names it (default: HEAD; where an environment is promoted to, its branch)',
    )
    .addOption(timeout())
    .addOption(context())
    .addOption(output())
    .addHelpText(
      'after',
      '\nExamples:\n  git push && npm run gatefleet -- wait dev\n  npm run gatefleet -- wait --revision v1.4.0\n',
    )
    .action(async (environments: string[], options: { revision?: string } & DeliveryOptions) => {
      const { waitCommand } = await import('../commands/wait.ts');
      io.print(await waitCommand({ ...shared(options), environments, revision: options.revision }), options);
    });

  program
    .command('history')
    .description('the commits that an environment was brought to, the newest first')
    .argument('<environment>')
    .addOption(context())
    .addOption(output())
    .addHelpText('after', '\nExample:\n  npm run gatefleet -- history production\n')
    .action(async (environment: string, options: { context?: string } & OutputOptions) => {
      const { historyCommand } = await import('../commands/history.ts');
      io.print(await historyCommand(environment, options.context, io.signal), options);
    });

  program
    .command('rollback')
    .description(
      'go back to a deployment before: by a commit that reverts, or by Argo CD where syncs are not automated',
    )
    .argument('<environment>')
    .option('--to <deployment>', 'its number or commit, as `history` shows them; the one before when left out')
    .option('--yes', 'ask nobody', false)
    .addOption(timeout())
    .addOption(context())
    .addOption(output())
    .addHelpText(
      'after',
      '\nExamples:\n  npm run gatefleet -- rollback dev && git push\n  npm run gatefleet -- rollback production --to 12\n',
    )
    .action(async (environment: string, options: { to?: string; yes: boolean } & DeliveryOptions) => {
      const { rollbackCommand } = await import('../commands/rollback.ts');
      io.print(await rollbackCommand({ ...shared(options), environment, to: options.to, yes: options.yes }), options);
    });

  program
    .command('promote')
    .description(
      'bring the commit that one environment runs to another, if the first has run it in health for long enough',
    )
    .argument('<from>')
    .argument('<to>')
    .option('--check [commit]', 'change nothing; exit 1 if it may not be, or if this commit is not what it would be')
    .option('--branch <name>', 'push to this branch, for a pull request')
    .option('--yes', 'ask nobody', false)
    .addOption(context())
    .addOption(output())
    .addHelpText(
      'after',
      '\nExamples:\n  npm run gatefleet -- promote dev staging\n  npm run gatefleet -- promote staging production --branch promote-production\n  npm run gatefleet -- promote staging production --check HEAD\n',
    )
    .action(
      async (
        from: string,
        to: string,
        options: { check?: string | true; branch?: string; yes: boolean; context?: string } & OutputOptions,
      ) => {
        const { branch, yes } = options;
        const check = options.check && { commit: options.check === true ? undefined : options.check };
        const { promoteCommand } = await import('../commands/promote.ts');
        io.print(
          await promoteCommand({
            ...shared({ ...options, timeout: 0 }),
            from,
            to,
            check: check || undefined,
            branch,
            yes,
          }),
          options,
        );
      },
    );

  program
    .command('restore')
    .description(
      'bring the store of an environment to a sealed snapshot, and prove that the gateways serve what was in it; in a new cluster it may be started first, and nothing is ordered meanwhile',
    )
    .argument('<environment>')
    .argument('<file>', 'a snapshot that the CronJob consul-backup wrote')
    .requiredOption('--passphrase-file <file>', 'its first line opens the snapshot; - for standard input')
    .option('--replace', 'although the store has certificates: what it has now is lost', false)
    .option('--key-only', 'bring back the encryption key alone, and leave the store as it is', false)
    .addOption(timeout())
    .addOption(context())
    .addOption(output())
    .addHelpText(
      'after',
      '\nExample:\n  npm run gatefleet -- restore production gatefleet-production-20261128T201700Z.snapshot --passphrase-file passphrase\n',
    )
    .action(
      async (
        environment: string,
        file: string,
        options: { passphraseFile: string; replace: boolean; keyOnly: boolean } & DeliveryOptions,
      ) => {
        const { passphraseFile, replace, keyOnly } = options;
        const { restoreCommand } = await import('../commands/restore.ts');
        io.print(
          await restoreCommand({ ...shared(options), environment, file, passphraseFile, replace, keyOnly }),
          options,
        );
      },
    );

  program
    .command('pause')
    .description('stop all syncs of an environment now; what runs goes on running')
    .argument('<environment>')
    .option('--reason <text>', 'why, for who finds it paused')
    .addOption(context())
    .addOption(output())
    .addHelpText('after', '\nExample:\n  npm run gatefleet -- pause production --reason "incident 42"\n')
    .action(async (environment: string, options: { reason?: string; context?: string } & OutputOptions) => {
      const { reason, context: where } = options;
      const { pauseCommand } = await import('../commands/pause.ts');
      io.print(await pauseCommand({ environment, reason, context: where, signal: io.signal }), options);
    });

  program
    .command('resume')
    .description('let a paused environment be synced again')
    .argument('<environment>')
    .addOption(context())
    .addOption(output())
    .addHelpText('after', '\nExample:\n  npm run gatefleet -- resume production\n')
    .action(async (environment: string, options: { context?: string } & OutputOptions) => {
      const { resumeCommand } = await import('../commands/pause.ts');
      io.print(await resumeCommand({ environment, context: options.context, signal: io.signal }), options);
    });
}
