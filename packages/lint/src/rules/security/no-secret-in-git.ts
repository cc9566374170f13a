import { formatObjectId } from '@gatefleet/kustomize';
import { mappingOf } from '../../mapping.ts';
import type { Path } from '../../input/build-input.ts';
import type { BuildRule } from '../../rule.ts';

const privateKey = /-----BEGIN (?:[A-Z]+ )?PRIVATE KEY-----/;
/** Tokens that say by their form what they are. @see https://docs.github.com/en/code-security/secret-scanning/introduction/supported-secret-scanning-patterns */
const token =
  /\b(?:ghp_[A-Za-z0-9]{36}|github_pat_[A-Za-z0-9_]{82}|glpat-[A-Za-z0-9_-]{20}|AKIA[0-9A-Z]{16}|xox[bp]-[A-Za-z0-9-]{20,})\b/;

export const noSecretInGit: BuildRule = {
  id: 'no-secret-in-git',
  group: 'security',
  scope: 'build',
  severity: 'error',
  summary: 'A Secret with content, a private key or a token in a manifest.',
  why: 'Whoever can read the repository, now or at any later time, has it.',
  remedy: 'Take it out, make it anew since it is known, and bring it by an ExternalSecret, a SealedSecret or by hand.',
  *check({ objects }) {
    for (const each of objects.all) {
      const { id, object } = each;
      const remedy =
        'Take it out and make it anew: it is known to all who can read the repository. Bring it by an ExternalSecret or a SealedSecret.';
      if (id.kind === 'Secret') {
        for (const field of ['data', 'stringData'] as const) {
          if (Object.values(mappingOf(object[field])).every((value) => value === '' || value === null)) continue;
          yield {
            message: `${formatObjectId(id)} has its content in git`,
            position: each.positionOf([field], { atKey: true }),
            remedy,
            object: id,
          };
        }
        continue;
      }
      for (const { path, what } of secretsIn(object)) {
        yield { message: `${formatObjectId(id)} holds ${what}`, position: each.positionOf(path), remedy, object: id };
      }
    }
  },
};

function secretsIn(value: unknown, path: Path = []): readonly { readonly path: Path; readonly what: string }[] {
  if (typeof value === 'string') {
    if (privateKey.test(value)) return [{ path, what: 'a private key' }];
    return token.test(value) ? [{ path, what: 'a token' }] : [];
  }
  if (Array.isArray(value)) return (value as unknown[]).flatMap((item, index) => secretsIn(item, [...path, index]));
  return Object.entries(mappingOf(value)).flatMap(([key, item]) => secretsIn(item, [...path, key]));
}
