import { hash } from 'node:crypto';

/** The set of names as everything here compares it: lowercase, sorted, each once. */
export function nameSet(names: readonly string[]): string[] {
  return [...new Set(names.map((name) => name.toLowerCase()))].sort();
}

/** One id for one set of names, however they are ordered or spelled: 64 lowercase hexadecimal digits, safe as a key. */
export function certificateId(names: readonly string[]): string {
  return hash('sha256', nameSet(names).join('\n'), 'hex');
}

/** One id for one CA, readable and safe as a key: its host and eight digits that tell apart several directories there. */
export function caId(directoryUrl: string): string {
  const url = new URL(directoryUrl);
  const digest = hash('sha256', url.href, 'hex').slice(0, 8);
  return `${url.hostname.replaceAll(/[^a-z0-9.-]/g, '-')}-${digest}`;
}
