import type { CertificateCommand, CommandAnswer, TransferPage } from '@gatefleet/certificate-commands';
import type { CommandInbox, PendingCommand } from '../kubernetes/command-inbox.ts';
import type { NoticeBoard } from '../kubernetes/notice-board.ts';
import type { TransferBox } from '../kubernetes/transfer-box.ts';
import type { IngressSource } from '../kubernetes/ingress-source.ts';
import type { Ingress, Notice } from '../wanted/ingress.ts';

/** A fake: Ingresses that a test sets, in place of a cluster. */
export class FakeIngresses implements IngressSource {
  #ingresses: readonly Ingress[];
  readonly #listeners = new Set<() => void>();

  constructor(ingresses: readonly Ingress[] = []) {
    this.#ingresses = ingresses;
  }

  set(ingresses: readonly Ingress[]): void {
    this.#ingresses = ingresses;
    for (const listener of this.#listeners) listener();
  }

  current(): readonly Ingress[] {
    return this.#ingresses;
  }

  onChange(listener: () => void, signal: AbortSignal): void {
    this.#listeners.add(listener);
    signal.addEventListener('abort', () => this.#listeners.delete(listener), { once: true });
  }

  run(signal: AbortSignal): Promise<void> {
    return aborted(signal);
  }
}

/** A fake: keeps what it was told. */
export class FakeNotices implements NoticeBoard {
  readonly posted: Notice[] = [];
  /** By namespace and name: each annotation that would have been written. */
  readonly shown = new Map<string, (string | undefined)[]>();

  post(notice: Notice): void {
    this.posted.push(notice);
  }

  show({ namespace, name }: Ingress, status: string | undefined): void {
    const shown = this.shown.get(`${namespace}/${name}`) ?? [];
    if (shown.at(-1) !== status) this.shown.set(`${namespace}/${name}`, [...shown, status]);
  }
}

/** A fake: commands that a test gives, in place of ConfigMaps. */
export class FakeInbox implements CommandInbox {
  readonly answers = new Map<string, CommandAnswer>();
  readonly #commands: PendingCommand[] = [];
  readonly #listeners = new Set<() => void>();

  ask(name: string, command: CertificateCommand): void {
    this.#commands.push({ name, read: { kind: 'command', command } });
    for (const listener of this.#listeners) listener();
  }

  pending(): readonly PendingCommand[] {
    return this.#commands.filter(({ name }) => !this.answers.has(name));
  }

  onChange(listener: () => void, signal: AbortSignal): void {
    this.#listeners.add(listener);
    signal.addEventListener('abort', () => this.#listeners.delete(listener), { once: true });
  }

  answer(name: string, answer: CommandAnswer): Promise<void> {
    this.answers.set(name, answer);
    return Promise.resolve();
  }

  run(signal: AbortSignal): Promise<void> {
    return aborted(signal);
  }
}

function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
}

/** A fake: a Secret in memory. */
export class FakeTransferBox implements TransferBox {
  page: TransferPage | undefined;

  async read(): Promise<TransferPage | undefined> {
    return this.page;
  }

  async write(page: TransferPage): Promise<void> {
    this.page = page;
  }
}

export function ingressFor(hosts: readonly string[], part: Partial<Ingress> = {}): Ingress {
  const { namespace = 'shop', name = 'web' } = part;
  return {
    namespace,
    name,
    uid: `${namespace}/${name}`,
    createdAt: '2026-01-01T00:00:00.000Z',
    className: 'traefik',
    annotations: {},
    hosts,
    tls: [],
    ...part,
  };
}
