const maxHeaderBytes = 64 * 1024;

export interface CgiHead {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** What came after the head in the bytes so far. */
  readonly rest: Buffer;
}

/**
 * The head of a CGI answer (RFC 3875, section 6), or undefined while it is not whole.
 *
 * @throws Error when it is no CGI answer.
 */
export function cgiHead(bytes: Buffer): CgiHead | undefined {
  const text = bytes.toString('latin1');
  const end = /\r?\n\r?\n/.exec(text);
  if (end === null) {
    if (bytes.length > maxHeaderBytes) throw new Error(`a CGI head of over ${maxHeaderBytes} bytes`);
    return undefined;
  }
  const lines = text.slice(0, end.index).split(/\r?\n/);
  const headers: Record<string, string> = {};
  let status = 200;
  for (const line of lines) {
    const colon = line.indexOf(':');
    if (colon < 1) throw new Error(`not a CGI header line: ${line.slice(0, 80)}`);
    const name = line.slice(0, colon).toLowerCase();
    const value = line.slice(colon + 1).trim();
    if (name === 'status') status = Number.parseInt(value, 10) || 500;
    else headers[name] = value;
  }
  return { status, headers, rest: bytes.subarray(end.index + end[0].length) };
}
