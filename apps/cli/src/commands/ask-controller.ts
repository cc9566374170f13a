import { setTimeout as sleep } from 'node:timers/promises';
import { answerOf, CertificateCommand, commandConfigMap, type CommandAnswer } from '@gatefleet/certificate-commands';
import { CliError } from '../errors.ts';
import { openKubernetes, type Kubernetes } from '../kubernetes.ts';
import type { CommandResult } from '../output/result.ts';
import { workspace } from '../workspace.ts';

const TIMEOUT_MS = 60_000;
const ASK_EVERY_MS = 250;

/** Has the controller that leads carry out a command. @throws CliError */
export async function askController(
  wish: unknown,
  context: string | undefined,
  signal: AbortSignal,
): Promise<CommandResult<CommandAnswer>> {
  const parsed = CertificateCommand.safeParse(wish);
  if (!parsed.success) {
    const faults = parsed.error.issues.map(({ path, message }) => `${path.map(String).join('.')}: ${message}`);
    return { value: { kind: 'refused', message: faults.join('; ') }, text: `${faults.join('\n')}\n`, exitCode: 2 };
  }
  const answer = await askLeader(await openKubernetes(workspace.cluster, context), parsed.data, signal);
  return { value: answer, text: `${answer.message}\n`, exitCode: answer.kind === 'done' ? 0 : 1 };
}

interface ConfigMap {
  readonly metadata: { readonly name: string };
  readonly data?: Readonly<Record<string, string>>;
}

/** Asks, waits for the answer, and removes what it was asked by. @throws CliError */
export async function askLeader(
  kubernetes: Pick<Kubernetes, 'create' | 'read' | 'remove'>,
  command: CertificateCommand,
  signal: AbortSignal,
  namespace = 'gatefleet',
): Promise<CommandAnswer> {
  const configMaps = `/api/v1/namespaces/${namespace}/configmaps`;
  const made = (await kubernetes.create(configMaps, commandConfigMap(command), signal)) as ConfigMap;
  const path = `${configMaps}/${made.metadata.name}`;
  const limit = AbortSignal.timeout(TIMEOUT_MS);
  try {
    for (;;) {
      const answer = answerOf((await kubernetes.read(path, signal)) as ConfigMap);
      if (answer !== undefined) return answer;
      if (limit.aborted) {
        const asking = `asking the controller to ${command.command}: no answer in ${TIMEOUT_MS / 1000} s`;
        throw new CliError('TIMED_OUT', asking, {
          hint: 'does one of its replicas lead? `gatefleet certs --output json | jq .leader` tells',
        });
      }
      await sleep(ASK_EVERY_MS, undefined, { signal });
    }
  } finally {
    await kubernetes.remove(path);
  }
}
