import { CriError } from '../errors.ts';
import type { CatalogueImage } from '../catalogue/catalogue.ts';
import type { LinuxContainerSecurityContext } from '../cri/messages.ts';
import { groupsOf, parsePasswd, type Account } from './account-files.ts';

export interface PlannedUser {
  readonly uid: number;
  readonly gid: number;
  readonly additionalGids: readonly number[];
}

/** The accounts that the image's own /etc/passwd and /etc/group tell of. */
export interface ImageAccounts {
  readonly user: CatalogueImage['user'];
  readonly passwd: string;
  readonly group: string;
}

type Asked = Pick<
  LinuxContainerSecurityContext,
  'run_as_user' | 'run_as_group' | 'run_as_username' | 'supplemental_groups' | 'supplemental_groups_policy'
>;

/**
 * Who a container runs as: the Pod’s runAsUser and runAsGroup, else the image’s user, else root. A uid without a group gets the group
 * that /etc/passwd gives it, else 0. With the policy `Merge` the groups of /etc/group are added.
 *
 * @throws {@link CriError} `INVALID_ARGUMENT` for a group without a user or a name that /etc/passwd lacks.
 */
export function planUser(asked: Asked | null, image: ImageAccounts): PlannedUser {
  const accounts = parsePasswd(image.passwd);
  const account = findAccount(asked, accounts, image.user);
  if (asked?.run_as_group != null && asked.run_as_user == null && asked.run_as_username === '') {
    throw new CriError('INVALID_ARGUMENT', 'planning the user: runAsGroup is set and runAsUser is not');
  }
  const gid = asked?.run_as_group == null ? account.gid : Number(asked.run_as_group.value);
  const merged = asked?.supplemental_groups_policy === 'Strict' ? [] : groupsOf(account.name, image.group);
  const additionalGids = [...new Set([...(asked?.supplemental_groups ?? []).map(Number), ...merged])].filter(
    (id) => id !== gid,
  );
  return { uid: account.uid, gid, additionalGids: additionalGids.sort((a, b) => a - b) };
}

function findAccount(asked: Asked | null, accounts: readonly Account[], imageUser: CatalogueImage['user']): Account {
  if (asked?.run_as_user != null) {
    const uid = Number(asked.run_as_user.value);
    return accounts.find((account) => account.uid === uid) ?? { name: '', uid, gid: 0 };
  }
  const name = asked?.run_as_username ?? '';
  if (name !== '') {
    const account = accounts.find((candidate) => candidate.name === name);
    if (account !== undefined) return account;
    throw new CriError('INVALID_ARGUMENT', `planning the user: the image has no user "${name}"`, {
      hint: 'set runAsUser to a number',
    });
  }
  const { uid, gid } = imageUser ?? { uid: 0, gid: 0 };
  return { name: accounts.find((account) => account.uid === uid)?.name ?? '', uid, gid };
}
