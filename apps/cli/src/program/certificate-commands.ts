import type { Command } from 'commander';
import type { CommandIo } from './delivery-commands.ts';
import { context, output, type OutputOptions } from './options.ts';

interface Shared extends OutputOptions {
  readonly context?: string;
}

const inKubeconfig = () => {
  const option = context();
  option.description = 'kubeconfig context of the cluster; the local one when left out';
  return option;
};

/** What the controller knows and does about certificates. */
export function addCertificateCommands(program: Command, io: Pick<CommandIo, 'print' | 'signal'>): void {
  const { signal } = io;
  const group = program
    .command('certs')
    .description('every certificate: hosts, namespace, issuer, expiry, renewal, serial, and how many gateways serve it')
    .addOption(inKubeconfig())
    .addOption(output())
    .addHelpText(
      'after',
      '\nExamples:\n  npm run gatefleet -- certs\n  npm run gatefleet -- certs why shop.example.com\n  npm run gatefleet -- certs import acme.json --dry-run\n  npm run --silent gatefleet -- certs --output json | jq ".certificates[].names"\n\nExit code: 0 all are served everywhere, 1 some are not.\n',
    )
    .action(async (options: Shared) => {
      const { certs } = await import('../commands/certs.ts');
      io.print(await certs(options.context, signal), options);
    });

  const command = (name: string, description: string, example: string) =>
    group
      .command(name)
      .description(description)
      .addOption(inKubeconfig())
      .addOption(output())
      .addHelpText('after', `\nExample:\n  npm run gatefleet -- certs ${example}\n`);
  // The group takes what it knows wherever it stands; the commands declare it for their help.
  const of = <T extends Shared>(options: T): T => ({ ...options, ...group.opts<Shared>() });
  const ask = async (wish: object, options: Shared) => {
    const { askController } = await import('../commands/ask-controller.ts');
    io.print(await askController(wish, of(options).context, signal), of(options));
  };

  command('show', 'one certificate in full, and what each gateway serves for it', 'show shop.example.com')
    .argument('<host>')
    .action(async (host: string, options: Shared) => {
      const { certsShow } = await import('../commands/certs-show.ts');
      io.print(await certsShow(host, of(options).context, signal), of(options));
    });

  command(
    'why',
    'what one host waits for, and until when; exit 0 if every gateway serves its certificate',
    'why shop.example.com',
  )
    .argument('<host>')
    .action(async (host: string, options: Shared) => {
      const { certsWhy } = await import('../commands/certs-why.ts');
      io.print(await certsWhy(host, of(options).context, signal), of(options));
    });

  command(
    'persist-record',
    'the DNS record that proves a host by dns-persist-01, and whether its zone’s servers have it; exit 0 if all do',
    "persist-record '*.shop.example.com'",
  )
    .argument('<host>')
    .action(async (host: string, options: Shared) => {
      const { certsPersistRecord } = await import('../commands/certs-persist-record.ts');
      io.print(await certsPersistRecord(host, of(options).context, signal), of(options));
    });

  command(
    'renew',
    'obtain the certificate with this host anew, now; or try again now what failed',
    'renew shop.example.com',
  )
    .argument('<host>')
    .action((host: string, options: Shared) => ask({ command: 'renew', host }, options));

  command(
    'revoke',
    'replace the certificate with this host, and have the CA revoke the old one once every gateway has the new one',
    'revoke shop.example.com --reason keyCompromise',
  )
    .argument('<host>')
    .option('--reason <reason>', 'keyCompromise, superseded, … (RFC 5280, section 5.3.1); unspecified when left out')
    .action((host: string, options: { reason?: string } & Shared) => {
      const { reason } = of(options);
      return ask({ command: 'revoke', host, ...(reason !== undefined && { reason }) }, options);
    });

  command('roll-account-key', 'give our account at each CA another key', 'roll-account-key').action((options: Shared) =>
    ask({ command: 'roll-account-key' }, options),
  );

  command('transfer', 'give a host to another namespace', 'transfer shop.example.com web-shop')
    .argument('<host>')
    .argument('<namespace>')
    .action((host: string, namespace: string, options: Shared) =>
      ask({ command: 'transfer', host, namespace }, options),
    );

  command(
    'unpublish',
    'take from the gateways what is held back there because too much would go at once',
    'unpublish',
  ).action((options: Shared) => ask({ command: 'unpublish' }, options));

  command(
    'hold',
    'order no first certificate until `resume`: before an import; renewals and orders under way go on',
    'hold',
  ).action((options: Shared) => ask({ command: 'hold' }, options));

  command('resume', 'order first certificates again, after `hold` or after the store was lost', 'resume').action(
    (options: Shared) => ask({ command: 'resume' }, options),
  );

  command(
    'restore-published',
    'give the gateways what they had when all was well, whatever they have now',
    'restore-published',
  ).action((options: Shared) => ask({ command: 'restore-published' }, options));

  command(
    'export',
    'write an encrypted backup of all certificates with their keys; its file is for its owner alone',
    'export certificates.backup --passphrase-file passphrase',
  )
    .argument('<file>')
    .requiredOption('--passphrase-file <file>', 'its first line encrypts the backup; - for standard input')
    .action(async (file: string, options: { passphraseFile: string } & Shared) => {
      const { passphraseFile, context } = of(options);
      const { certsExport } = await import('../commands/certs-export.ts');
      io.print(await certsExport({ file, passphraseFile, context, signal }), of(options));
    });

  command(
    'import',
    'keep the certificates of a file: our backup, acme.json of Traefik 1 to 3, the store’s value of a Traefik 1 cluster, or Secrets as cert-manager has them',
    'import acme.json --dry-run\n  kubectl get secrets -A -o json --field-selector type=kubernetes.io/tls | npm run gatefleet -- certs import /dev/stdin',
  )
    .argument('<file>')
    .option('--dry-run', 'tell what would become of each, and change nothing', false)
    .option('--passphrase-file <file>', 'its first line opens our backup; - for standard input')
    .action(async (file: string, options: { dryRun: boolean; passphraseFile?: string } & Shared) => {
      const { dryRun, passphraseFile, context } = of(options);
      const { certsImport } = await import('../commands/certs-import.ts');
      io.print(await certsImport({ file, passphraseFile, isDryRun: dryRun, context, signal }), of(options));
    });
}
