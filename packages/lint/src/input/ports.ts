import { listOf, mappingOf, type Mapping } from '../mapping.ts';

/** Names of a container's ports. */
export function portNamesOf(container: Mapping): readonly string[] {
  return listOf(container['ports']).flatMap((port) => {
    const { name } = mappingOf(port);
    return typeof name === 'string' ? [name] : [];
  });
}
