const MAX = 120;

/** Text that somebody else chose, fit for one line of a terminal: control characters become `?`, and it ends after 120 characters. */
export function printable(text: string): string {
  const line = text.replaceAll(/[\p{C}\p{Zl}\p{Zp}]/gu, '?');
  return line.length <= MAX ? line : `${line.slice(0, MAX)}…`;
}

/** Of what an input says to be names, those that look like one. So what stands in the wrong field, perhaps a key, is not printed. */
export function likelyNames(texts: readonly unknown[]): string[] {
  return texts.filter((text): text is string => typeof text === 'string' && LIKELY_NAME.test(text));
}

const LIKELY_NAME = /^(?=.{1,253}$)(\*\.)?([\p{L}\p{N}_-]{1,63}\.)+[\p{L}\p{N}-]{2,63}\.?$/u;
