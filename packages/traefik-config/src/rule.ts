import { TraefikConfigError } from './errors.ts';
import { checkHost } from './host.ts';

/** The rules that may be published: matchers of ours joined by `&&` or `||`. Everything else could be an injection. */
const matcher = '(?:Host|Path|PathPrefix)\\(`[A-Za-z0-9._~/-]+`\\)';
export const rulePattern = new RegExp(`^${matcher}(?: (?:&&|\\|\\|) ${matcher})*$`);

/** @throws TraefikConfigError `INVALID_CONFIG` when the host is not one */
export function hostRule(host: string): string {
  const check = checkHost(host);
  if (check.kind === 'invalid') {
    throw new TraefikConfigError('INVALID_CONFIG', `building a rule: the host ${check.reason}`);
  }
  return `Host(\`${check.host}\`)`;
}

/** @throws TraefikConfigError `INVALID_CONFIG` when the path needs characters that a rule could break on */
export function pathPrefixRule(path: string): string {
  const rule = `PathPrefix(\`${path}\`)`;
  if (!path.startsWith('/') || !rulePattern.test(rule)) {
    throw new TraefikConfigError(
      'INVALID_CONFIG',
      'building a rule: the path has characters that do not belong in one',
      {
        hint: 'use a leading slash, letters, digits, dots, dashes, underscores and tildes',
      },
    );
  }
  return rule;
}
