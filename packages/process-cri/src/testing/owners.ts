import type { Owner } from './node-namespace.ts';

/** Whose node can be had here: root's and a user's when the tests run as root, else the user's alone. */
export const owners: readonly Owner[] = process.getuid?.() === 0 ? ['root', 'user'] : ['user'];
