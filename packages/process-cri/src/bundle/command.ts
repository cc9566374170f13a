import { CriError } from '../errors.ts';
import type { CatalogueImage } from '../catalogue/catalogue.ts';
import type { ContainerConfig } from '../cri/messages.ts';

const defaultPath = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/**
 * What a container executes. A Pod’s command replaces the image’s entrypoint and its cmd; a Pod’s args alone replace the cmd.
 *
 * @throws {@link CriError} `INVALID_ARGUMENT` when neither the Pod nor the image names a program.
 * @see https://kubernetes.io/docs/tasks/inject-data-application/define-command-argument-container/
 */
export function planArgs(
  { command, args }: Pick<ContainerConfig, 'command' | 'args'>,
  image: Pick<CatalogueImage, 'entrypoint' | 'cmd'>,
): string[] {
  if (command.length > 0) return [...command, ...args];
  const all = [...image.entrypoint, ...(args.length > 0 ? args : image.cmd)];
  if (all.length === 0) {
    throw new CriError(
      'INVALID_ARGUMENT',
      'planning the command: neither the Pod nor the image in the catalogue names one',
      {
        hint: 'set command in the Pod or entrypoint in the catalogue',
      },
    );
  }
  return all;
}

/** `NAME=value` lines: the image’s variables, then the Pod’s over them. */
export function planEnv(
  envs: ContainerConfig['envs'],
  image: Record<string, string>,
  basics: { hostname: string; tty: boolean },
): string[] {
  const merged = new Map<string, string>([
    ['PATH', defaultPath],
    ['HOSTNAME', basics.hostname],
    ...(basics.tty ? [['TERM', 'xterm'] as const] : []),
    ...Object.entries(image),
    ...envs.map(({ key, value }) => [key, Buffer.from(value).toString('utf8')] as const),
  ]);
  return [...merged].map(([name, value]) => `${name}=${value}`);
}
