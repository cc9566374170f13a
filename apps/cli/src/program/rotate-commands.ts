import type { Command } from 'commander';
import type { Replaced, RotationWorld, Rotation } from '../rotation/rotate.ts';
import type { CommandIo } from './delivery-commands.ts';
import { context, output, timeout, type OutputOptions } from './options.ts';

interface RotateOptions extends OutputOptions {
  readonly context?: string;
  readonly timeout: number;
}

/** How keys, tokens and certificates inside an environment are replaced. */
export function addRotateCommands(program: Command, io: Pick<CommandIo, 'print' | 'progress' | 'signal'>): void {
  const { progress, signal } = io;
  const group = program
    .command('rotate')
    .description('replace a key or tokens of an environment while it runs, and end the one before')
    .addHelpText(
      'after',
      '\nThe value before is taken until everybody has proven to use the new one. A command that was broken off goes on where it was.\n',
    );

  const command = (name: string, description: string, example: string) =>
    group
      .command(name)
      .description(description)
      .argument('<environment>')
      .addOption(timeout())
      .addOption(context())
      .addOption(output())
      .addHelpText('after', `\nExamples:\n${example.replaceAll(/^/gm, '  npm run gatefleet -- rotate ')}\n`);
  const replace = async (
    environment: string,
    options: RotateOptions,
    how: (world: RotationWorld) => Promise<readonly Replaced[]>,
  ): Promise<void> => {
    const { rotateCommand } = await import('../commands/rotate.ts');
    const given = { environment, context: options.context, timeoutMs: options.timeout * 1000, progress, signal };
    io.print(await rotateCommand(given, how), options);
  };
  const run = (environment: string, options: RotateOptions, plan: (world: RotationWorld) => Promise<Rotation>) =>
    replace(environment, options, async (world) => {
      const { rotate } = await import('../rotation/rotate.ts');
      return rotate(world, await plan(world));
    });

  command(
    'encryption-key',
    'replace the key that the controller’s records in the store are sealed with, and seal them all anew',
    'encryption-key production',
  ).action((environment: string, options: RotateOptions) =>
    run(environment, options, async (world) => {
      const { encryptionKeyRotation } = await import('../rotation/encryption-key.ts');
      return encryptionKeyRotation(world);
    }),
  );

  command(
    'tokens',
    'replace tokens of the store, and restart one Pod after the other that reads its own only at the start',
    'tokens production\ntokens production traefik leader',
  )
    .argument(
      '[token...]',
      'backup, leader, management, monitoring, responder, server, storeconfig, traefik; all when left out',
    )
    .action((environment: string, names: string[], options: RotateOptions) =>
      run(environment, options, async (world) => {
        const { tokensRotation } = await import('../rotation/tokens.ts');
        return tokensRotation(names, world);
      }),
    );

  command(
    'gossip-key',
    'replace the key that the store’s servers encrypt their gossip with; none of them restarts',
    'gossip-key production',
  ).action((environment: string, options: RotateOptions) =>
    run(environment, options, async (world) => {
      const { gossipKeyRotation } = await import('../rotation/gossip-key.ts');
      return gossipKeyRotation(world);
    }),
  );

  command(
    'consul-certificates',
    'replace the certificate that the store’s servers show, and with --ca the CA of it; gateways restart for a CA, nothing else does',
    'consul-certificates production\nconsul-certificates production --ca',
  )
    .option('--ca', 'the CA too, for when its key or a certificate’s may be known to somebody', false)
    .action((environment: string, options: RotateOptions & { readonly ca: boolean }) =>
      replace(environment, options, async (world) => {
        const { rotateConsulCertificates } = await import('../rotation/consul-certificates.ts');
        return rotateConsulCertificates(world, options);
      }),
    );
}
