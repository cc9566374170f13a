/** Nobody waits longer on the word of a header. */
const MAX_MS = 24 * 60 * 60_000;

/** When a server wants to be asked again: Retry-After as seconds or as a date (RFC 9110, section 10.2.3). */
export function retryAfterOf(headers: Headers, now: Date): Date | undefined {
  const text = headers.get('retry-after')?.trim();
  if (text === undefined || text === '') return undefined;
  const at = /^\d+$/.test(text) ? now.getTime() + Number(text) * 1_000 : Date.parse(text);
  return Number.isNaN(at) ? undefined : new Date(Math.min(Math.max(at, now.getTime()), now.getTime() + MAX_MS));
}
