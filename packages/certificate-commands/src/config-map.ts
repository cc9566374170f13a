import { z } from 'zod';
import { CertificateCommand } from './certificate-command.ts';

/** On every ConfigMap that is a command. */
export const commandLabel = 'gatefleet.dev/certificate-command';

export const CommandAnswer = z.strictObject({
  /** `refused`: nothing was changed. */
  kind: z.enum(['done', 'refused']),
  message: z.string(),
});
export type CommandAnswer = z.infer<typeof CommandAnswer>;

/** As far as a ConfigMap matters here. */
interface ConfigMap {
  readonly data?: Readonly<Record<string, string>> | undefined;
}

/** The ConfigMap to make; the server chooses its name. */
export function commandConfigMap(command: CertificateCommand): {
  readonly apiVersion: 'v1';
  readonly kind: 'ConfigMap';
  readonly metadata: { readonly generateName: string; readonly labels: Readonly<Record<string, string>> };
  readonly data: Readonly<Record<string, string>>;
} {
  return {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { generateName: 'gatefleet-command-', labels: { [commandLabel]: command.command } },
    data: { command: JSON.stringify(command) },
  };
}

export type ReadCommand =
  | { readonly kind: 'command'; readonly command: CertificateCommand }
  | { readonly kind: 'invalid'; readonly reason: string };

export function commandOf({ data }: ConfigMap): ReadCommand {
  let value: unknown;
  try {
    value = JSON.parse(data?.['command'] ?? '');
  } catch {
    return { kind: 'invalid', reason: 'data.command is not JSON' };
  }
  const parsed = CertificateCommand.safeParse(value);
  if (parsed.success) return { kind: 'command', command: parsed.data };
  const reasons = parsed.error.issues.map(
    ({ path, message }) => `${path.map(String).join('.') || 'command'}: ${message}`,
  );
  return { kind: 'invalid', reason: reasons.join('; ') };
}

/** What it was answered; undefined as long as it was not. */
export function answerOf({ data }: ConfigMap): CommandAnswer | undefined {
  const text = data?.['answer'];
  return text === undefined ? undefined : CommandAnswer.parse(JSON.parse(text));
}

/** What is to be merged into the ConfigMap to answer it. */
export function withAnswer(answer: CommandAnswer): { readonly data: { readonly answer: string } } {
  return { data: { answer: JSON.stringify(answer) } };
}
