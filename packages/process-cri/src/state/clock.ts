/** Now in nanoseconds since 1970, as decimal text. */
export function nowNs(): string {
  return msToNs(Date.now());
}

export function msToNs(ms: number): string {
  return String(BigInt(Math.trunc(ms * 1000)) * 1000n);
}
