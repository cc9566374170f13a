import type { CertificateCommand, CommandAnswer } from '@gatefleet/certificate-commands';
import type { CommandInbox } from '../kubernetes/command-inbox.ts';
import type { Logger } from '../log.ts';
import { Wake } from './wake.ts';

export interface WatchCommandsOptions {
  readonly inbox: CommandInbox;
  readonly obey: (command: CertificateCommand, signal: AbortSignal) => Promise<CommandAnswer>;
  /** Something that is planned by may have changed. */
  readonly onDone: () => void;
  readonly log: Logger;
}

const RETRY_MS = 5_000;

/** Does what is asked, one after the other, and answers it, until the term is over. A term that ends before the answer leaves it to the next. */
export async function watchCommands({ inbox, obey, onDone, log }: WatchCommandsOptions, signal: AbortSignal) {
  const wake = new Wake();
  inbox.onChange(wake.set, signal);
  while (!signal.aborted) {
    let waitMs: number | undefined;
    for (const { name, read } of inbox.pending() ?? []) {
      try {
        const answer: CommandAnswer =
          read.kind === 'invalid' ? { kind: 'refused', message: read.reason } : await obey(read.command, signal);
        log.info({ command: read.kind === 'command' ? read.command : name, answer }, 'an administrator asked');
        await inbox.answer(name, answer, signal);
        onDone();
      } catch (error) {
        if (signal.aborted) return;
        log.error({ err: error, command: name }, 'a command was not carried out yet');
        waitMs = RETRY_MS;
      }
    }
    await wake.wait(waitMs, signal);
  }
}
