import type { Attempt } from './exchange.ts';
import type { Random } from './random.ts';

/** A way to be hostile. */
export interface Kind {
  readonly name: string;
  /** The outcomes that are right. */
  readonly right: RegExp;
  /** @param id - no other attempt has it */
  readonly attempt: (random: Random, id: string) => Attempt;
}

/** Where attempts go to. */
export interface Target {
  readonly host: string;
  readonly port: number;
  /** Of a page that may be asked for, ending in a slash. */
  readonly path: string;
}

const crlf = (...lines: readonly string[]) => `${lines.join('\r\n')}\r\n\r\n`;
/** What would be a request of its own to whoever counts the body's bytes otherwise. */
const second = ({ host }: Target, id: string) => crlf(`GET /admin/${id} HTTP/1.1`, `Host: ${host}`);

/** Two opinions on where a body ends. */
export function smuggled(to: Target, random: Random, id: string): readonly string[] {
  const inner = second(to, id);
  const head = (...headers: readonly string[]) => crlf(`POST ${to.path}${id} HTTP/1.1`, `Host: ${to.host}`, ...headers);
  const chunked = `0\r\n\r\n${inner}`;
  const asChunk = `${inner.length.toString(16)}\r\n${inner}\r\n0\r\n\r\n`;
  const both = `Content-Length: ${chunked.length}`;
  return [
    random.oneOf([
      head(both, 'Transfer-Encoding: chunked') + chunked,
      head('Transfer-Encoding: chunked', 'Content-Length: 4') + asChunk,
      head(both, 'Transfer-Encoding : chunked') + chunked,
      head(both, 'Transfer-Encoding: xchunked') + chunked,
      head(both, 'Transfer-Encoding: chunked, identity') + chunked,
      head(both, 'Transfer-Encoding: chunked', 'Transfer-Encoding: identity') + chunked,
      head(both, 'Transfer-Encoding:\x0bchunked') + chunked,
      head(both, 'Transfer-Encoding:', ' chunked') + chunked,
      head(both, 'X: y\nTransfer-Encoding: chunked') + chunked,
      head(`Content-Length: ${inner.length}`, 'Content-Length: 0') + inner,
      head(`Content-Length: 0, ${inner.length}`) + inner,
      head('Content-Length: +0') + inner,
      head('Content-Length: -1') + inner,
      head('Content-Length: 0x0') + inner,
      head('Content-Length : 0') + inner,
      head('Transfer-Encoding: chunked') + `0;\nX\r\n\r\n${inner}`,
      head('Transfer-Encoding: chunked') + `0x0\r\n\r\n${inner}`,
      head('Transfer-Encoding: chunked') + `1\nA\n0\n\n${inner}`,
      head('Transfer-Encoding: chunked') + `fffffffffffffffff\r\n${inner}`,
    ]),
  ];
}

/** What is no request. */
export function malformed(to: Target, random: Random, id: string): readonly (string | Buffer)[] {
  const line = `GET ${to.path}${id} HTTP/1.1`;
  const host = `Host: ${to.host}`;
  return [
    random.oneOf<string | Buffer>([
      crlf(line),
      crlf(line, host, 'Host: other.gatefleet.test'),
      crlf(line, `Host: ${to.host}/@other`),
      crlf(line, host, 'Bad Name: 1'),
      crlf(line, host, ': 1'),
      crlf(line, host, 'X: \0'),
      crlf(line, host, 'nothing at all'),
      crlf(line, host, 'X: a\rY: b'),
      crlf(`GET ${to.path} ${id} HTTP/1.1`, host),
      crlf(`GET ${to.path}\0${id} HTTP/1.1`, host),
      crlf(`GET ${to.path}%zz${id} HTTP/1.1`, host, 'Connection: close'),
      crlf(`GET ${to.path}${id} HTTP/9.9`, host),
      crlf(`GET ${to.path}${id} HTTP/1.1x`, host),
      crlf(`G@T ${to.path}${id} HTTP/1.1`, host),
      crlf(`GET`, host),
      Buffer.concat([Buffer.from([0x80 + random.below(16)]), random.bytes(200), Buffer.from('\r\n\r\n')]),
    ]),
  ];
}

/** Ways out of the one path that is open. */
export function traversal(to: Target, random: Random, id: string): readonly string[] {
  const path = random.oneOf([
    `${to.path}../admin/${id}`,
    `${to.path}a/../../admin/${id}`,
    `${to.path}./../admin/${id}`,
    `${to.path}%2e%2e/admin/${id}`,
    `${to.path}%2E./admin/${id}`,
    `${to.path}..%2fadmin/${id}`,
    `${to.path}%2e%2e%2Fadmin/${id}`,
    `${to.path}..%5cadmin/${id}`,
    `${to.path}..\\..\\admin\\${id}`,
    `${to.path}%00/../../admin/${id}`,
    `${to.path}..%00/admin/${id}`,
    `//admin/${id}`,
    `/admin/${id}`,
    `/../../../../etc/passwd?${id}`,
    `${to.path}../../../../../../etc/passwd?${id}`,
    `http://${to.host}${to.path}../admin/${id}`,
  ]);
  return [crlf(`GET ${path} HTTP/1.1`, `Host: ${to.host}`, 'Connection: close')];
}

/** One line, or all headers together, of more bytes than `limit`. */
export function oversized(to: Target, random: Random, id: string, limit: number): readonly string[] {
  const long = 'a'.repeat(limit + 8_192 + random.below(limit));
  const host = `Host: ${to.host}`;
  return [
    random.oneOf([
      crlf(`GET ${to.path}${id}?${long} HTTP/1.1`, host),
      crlf(`GET ${to.path}${id} HTTP/1.1`, host, `Cookie: ${long}`),
      crlf(`GET ${to.path}${id} HTTP/1.1`, host, `${long}: 1`),
    ]),
  ];
}

/** Thousands of headers, the same or each another. */
export function headerFlood(to: Target, random: Random, id: string, limit: number): readonly string[] {
  const same = random.below(2) === 0;
  const count = Math.ceil((limit + 8_192 + random.below(limit)) / 10);
  const headers = Array.from({ length: count }, (_, index) => (same ? 'X-Same: 1' : `X-${index}: ${index}`));
  return [crlf(`GET ${to.path}${id} HTTP/1.1`, `Host: ${to.host}`, ...headers)];
}

/** Begins, and never comes to an end. */
export function slow(to: Target, random: Random, id: string): Pick<Attempt, 'send' | 'pauseMs'> {
  const start = `POST ${to.path}${id} HTTP/1.1\r\nHost: ${to.host}\r\n`;
  const drip = (piece: string) => Array.from({ length: 100 }, () => piece);
  return random.oneOf([
    { send: [] },
    { send: ['P'] },
    { send: [start] },
    { send: [start, ...drip('X: 1\r\n')], pauseMs: 300 },
    { send: [`${start}Content-Length: 1000\r\n\r\n`] },
    { send: [`${start}Content-Length: 1000\r\n\r\n`, ...drip('b')], pauseMs: 300 },
    { send: [`${start}Transfer-Encoding: chunked\r\n\r\n`, ...drip('1\r\nb\r\n')], pauseMs: 300 },
  ]);
}

/** Goes away in the middle. */
export function cutOff(to: Target, random: Random, id: string): Pick<Attempt, 'send' | 'then'> {
  const whole =
    crlf(`POST ${to.path}${id} HTTP/1.1`, `Host: ${to.host}`, 'Content-Length: 100000') + 'b'.repeat(50_000);
  return { send: [whole.slice(0, 1 + random.below(whole.length))], then: 'break' };
}
