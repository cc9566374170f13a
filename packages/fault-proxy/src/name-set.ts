/** The set of names as CAs count it: lowercase, sorted, each once. */
export function nameSet(names: readonly string[]): readonly string[] {
  return [...new Set(names.map((name) => name.toLowerCase()))].sort();
}
