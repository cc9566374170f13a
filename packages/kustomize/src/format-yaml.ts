import { stringify } from 'yaml';

/**
 * A value as YAML, its keys in the order given. Text such as `n`, `off` or `1:30` is quoted: kustomize reads JSON patches as YAML 1.1, in
 * which these are a boolean and a number (<https://yaml.org/type/bool.html>).
 */
export function formatYaml(value: unknown): string {
  return stringify(value, { compat: 'yaml-1.1', lineWidth: 0, singleQuote: true, aliasDuplicateObjects: false });
}
