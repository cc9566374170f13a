import type { CatalogueImage } from '../catalogue/catalogue.ts';

export interface Account {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
}

/** /etc/passwd of a container: root, nobody, and who the image runs as. */
export function passwdText(user: CatalogueImage['user']): string {
  const lines = ['root:x:0:0:root:/root:/bin/sh'];
  if (user !== undefined && user.uid !== 0 && user.uid !== 65534) {
    lines.push(`${user.name ?? 'app'}:x:${String(user.uid)}:${String(user.gid)}::${user.home ?? '/'}:/sbin/nologin`);
  }
  lines.push('nobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin');
  return lines.join('\n') + '\n';
}

/** /etc/group that goes with it. */
export function groupText(user: CatalogueImage['user']): string {
  const lines = ['root:x:0:', 'tty:x:5:'];
  if (user !== undefined && ![0, 5, 65534].includes(user.gid))
    lines.push(`${user.name ?? 'app'}:x:${String(user.gid)}:`);
  lines.push('nogroup:x:65534:');
  return lines.join('\n') + '\n';
}

/** Adds a line for a uid that has none: many programs fail when they cannot look up who they are. */
export function withAccount(passwd: string, uid: number, gid: number): string {
  if (parsePasswd(passwd).some((account) => account.uid === uid)) return passwd;
  return `${passwd}user:x:${String(uid)}:${String(gid)}::/:/sbin/nologin\n`;
}

export function parsePasswd(text: string): Account[] {
  return text.split('\n').flatMap((line) => {
    const [name, , uid, gid] = line.split(':');
    return name && uid && gid ? [{ name, uid: Number(uid), gid: Number(gid) }] : [];
  });
}

/** Ids of the groups of /etc/group that list the user as a member. */
export function groupsOf(name: string, group: string): number[] {
  if (name === '') return [];
  return group.split('\n').flatMap((line) => {
    const [, , gid, members = ''] = line.split(':');
    return gid && members.split(',').includes(name) ? [Number(gid)] : [];
  });
}
