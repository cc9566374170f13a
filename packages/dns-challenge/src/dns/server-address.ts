import { isIPv6 } from 'node:net';
import { DnsChallengeError } from '../errors.ts';

export interface ServerAddress {
  /** An address, or a name that the system's resolver knows. */
  readonly host: string;
  readonly port: number;
}

const DNS_PORT = 53;

/**
 * Reads `192.0.2.1`, `192.0.2.1:5353`, `ns1.example.com:53`, `2001:db8::1` and `[2001:db8::1]:53`.
 * @throws DnsChallengeError `BAD_CONFIG`
 */
export function parseServerAddress(text: string): ServerAddress {
  if (isIPv6(text)) return { host: text, port: DNS_PORT };
  const {
    v6,
    host = v6,
    digits,
  } = /^(?:\[(?<v6>[^\]]+)\]|(?<host>[^[\]:\s]+))(?::(?<digits>\d{1,5}))?$/.exec(text)?.groups ?? {};
  const port = digits === undefined ? DNS_PORT : Number(digits);
  if (host !== undefined && (v6 === undefined || isIPv6(v6)) && port > 0 && port <= 65_535) return { host, port };
  throw new DnsChallengeError(
    'BAD_CONFIG',
    `reading the address of a DNS server: ${JSON.stringify(text.slice(0, 300))} is none`,
    {
      hint: 'write 192.0.2.1:53, [2001:db8::1]:53 or ns1.example.com:53',
    },
  );
}

export function serverText({ host, port }: ServerAddress): string {
  return `${isIPv6(host) ? `[${host}]` : host}:${port}`;
}
