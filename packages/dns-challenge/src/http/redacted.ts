const REPLACEMENT = '[secret]';
/** Shorter ones would tear holes into any text. */
const SHORTEST = 6;

/** A foreign text without what it repeats of our secrets, on one line and not longer than a sentence or three. */
export function redacted(text: string, secrets: readonly string[]): string {
  const forms = secrets
    .filter(({ length }) => length >= SHORTEST)
    .flatMap((secret) => [secret, encodeURIComponent(secret), JSON.stringify(secret).slice(1, -1)]);
  const clean = forms.reduce((rest, form) => rest.replaceAll(form, REPLACEMENT), text);
  return clean
    .replace(/[\s\p{Cc}]+/gu, ' ')
    .trim()
    .slice(0, 400);
}
