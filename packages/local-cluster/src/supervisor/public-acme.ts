import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer, request } from 'node:https';
import { ports, type Addresses } from '../addresses.ts';
import type { Credentials } from '../pki/credentials.ts';

/** Where Let's Encrypt has its directory, and where Pebble has: no option of Pebble's moves it. */
const directory = { public: '/directory', pebble: '/dir' };

/**
 * Lets Pebble answer at the address and under the path of the public CAs whose names lead here. Everything but the directory's path is
 * passed on as it is, the Host among it: Pebble makes its URLs of that.
 */
export async function answerForPublicCas(
  { host }: Addresses,
  credentials: Credentials,
  signal: AbortSignal,
): Promise<void> {
  const own = credentials.file('acme');
  const [cert, key] = await Promise.all([readFile(own.certificate), readFile(own.key)]);
  const server = createServer({ cert, key }, (asked, answer) => {
    const { method, url, headers } = asked;
    const path = url === directory.public ? directory.pebble : url;
    const passedOn = request(
      { host, port: ports.acme, method, path, headers, ca: credentials.authority },
      (response) => {
        answer.writeHead(response.statusCode ?? 502, response.headers);
        response.pipe(answer);
      },
    );
    passedOn.on('error', () => answer.destroy());
    asked.pipe(passedOn);
  });
  server.listen({ host, port: ports.publicAcme });
  await once(server, 'listening');
  signal.addEventListener('abort', () => server.close(), { once: true });
}
