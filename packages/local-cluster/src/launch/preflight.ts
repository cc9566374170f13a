import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { promisify } from 'node:util';
import { ClusterError } from '../errors.ts';

const run = promisify(execFile);

/** How this user can have namespaces, and which user ids containers can run as. */
export interface Isolation {
  /** Arguments of unshare(1) that make the cluster's namespaces. */
  readonly unshare: readonly string[];
  readonly ids: 'full' | 'single';
}

const namespaces = ['--net', '--mount', '--pid', '--ipc', '--uts', '--fork', '--kill-child', '--mount-proc'];

/**
 * Finds out by trying whether the kernel lets this user have namespaces.
 *
 * @throws {@link ClusterError} `NOT_LINUX`; `NAMESPACES_FORBIDDEN`, with how to allow them.
 */
export async function checkIsolation(
  unshare: string,
  platform: NodeJS.Platform = process.platform,
): Promise<Isolation> {
  if (platform !== 'linux') {
    throw new ClusterError('NOT_LINUX', `starting a local cluster on ${platform}: it needs Linux namespaces`, {
      hint: 'use a Kubernetes that you have, for example kind, and name its context: `gatefleet up --context kind-kind`',
    });
  }
  const { uid, username } = userInfo();
  if (uid === 0) {
    await attempt(unshare, namespaces);
    return { unshare: namespaces, ids: 'full' };
  }
  const range = await hasRange(username, uid);
  const mapped = ['--user', '--map-root-user', ...(range ? ['--map-auto'] : []), ...namespaces];
  await attempt(unshare, mapped);
  return { unshare: mapped, ids: range ? 'full' : 'single' };
}

async function attempt(unshare: string, args: readonly string[]): Promise<void> {
  try {
    await run(unshare, [...args, 'true']);
  } catch (cause) {
    const reason = (cause as { stderr?: string }).stderr?.trim() ?? String(cause);
    throw new ClusterError('NAMESPACES_FORBIDDEN', `making namespaces as this user: ${reason}`, {
      hint: await remedy(),
      cause,
    });
  }
}

/** The kernel settings that distributions use to forbid user namespaces, and how each is turned. */
async function remedy(): Promise<string> {
  const settings = [
    {
      file: '/proc/sys/kernel/apparmor_restrict_unprivileged_userns',
      forbids: '1',
      name: 'kernel.apparmor_restrict_unprivileged_userns',
      allow: '0',
    },
    {
      file: '/proc/sys/kernel/unprivileged_userns_clone',
      forbids: '0',
      name: 'kernel.unprivileged_userns_clone',
      allow: '1',
    },
    { file: '/proc/sys/user/max_user_namespaces', forbids: '0', name: 'user.max_user_namespaces', allow: '15000' },
  ];
  for (const { file, forbids, name, allow } of settings) {
    const value = await readFile(file, 'utf8').catch(() => undefined);
    if (value?.trim() === forbids)
      return `this kernel forbids user namespaces; allow them with \`sudo sysctl -w ${name}=${allow}\``;
  }
  return 'user namespaces are forbidden here (in a container, its engine may do that); run it as root, or name a cluster that you have with `--context`';
}

async function hasRange(username: string, uid: number): Promise<boolean> {
  const lists = await Promise.all(['/etc/subuid', '/etc/subgid'].map((file) => readFile(file, 'utf8').catch(() => '')));
  return lists.every((text) =>
    text.split('\n').some((line) => [username, String(uid)].includes(line.split(':')[0] ?? '')),
  );
}
