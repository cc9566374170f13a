/*
 * A TXT value in presentation form: strings of at most 255 octets between quotes, with quote and backslash escaped (RFC 1035, section
 * 5.1). The APIs of Route 53, Cloudflare and Google Cloud DNS take and give it so.
 */
const MAX_STRING = 255;

/** The strings that a value is stored as. */
export function txtStrings(value: string): readonly string[] {
  const count = Math.max(1, Math.ceil(value.length / MAX_STRING));
  return Array.from({ length: count }, (_, index) => value.slice(index * MAX_STRING, (index + 1) * MAX_STRING));
}

export function quotedTxt(value: string): string {
  return txtStrings(value)
    .map((string) => `"${string.replace(/["\\]/g, '\\$&')}"`)
    .join(' ');
}

/**
 * The value of a presentation form; a text without quotes is the value itself. Escapes by number stay as they are: Route 53 means them
 * octal, RFC 1035 decimal, and what we write has none.
 */
export function unquotedTxt(text: string): string {
  if (!text.startsWith('"')) return text;
  return [...text.matchAll(/"((?:[^"\\]|\\.)*)"/gs)]
    .map(([, string = '']) => string.replace(/\\([^0-9])/gs, '$1'))
    .join('');
}
