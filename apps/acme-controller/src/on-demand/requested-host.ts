/** No host is longer, with a port behind it. */
const MAX_LENGTH = 260;

/**
 * The host that a request was for, from a line of a gateway's access log in JSON: lower case, without port and final dot. Undefined for
 * any other line.
 *
 * @see https://doc.traefik.io/traefik/v3.6/reference/install-configuration/observability/logs-and-accesslogs/ (RequestHost)
 */
export function requestedHost(line: string): string | undefined {
  if (!line.startsWith('{') || !line.includes('"RequestHost"')) return undefined;
  let entry: unknown;
  try {
    entry = JSON.parse(line);
  } catch {
    return undefined;
  }
  const host: unknown = typeof entry === 'object' && entry !== null ? Reflect.get(entry, 'RequestHost') : undefined;
  if (typeof host !== 'string' || host.length > MAX_LENGTH) return undefined;
  const name = host.replace(/:\d+$/, '').replace(/\.$/, '').toLowerCase();
  return /^[a-z0-9.-]+$/.test(name) ? name : undefined;
}
