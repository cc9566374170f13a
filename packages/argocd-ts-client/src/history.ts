import type { Application, RevisionHistory } from './applications.ts';

/** Argo CD appends. */
export function newestFirst({ status }: Application): readonly RevisionHistory[] {
  return [...(status?.history ?? [])].reverse();
}
