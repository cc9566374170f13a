import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, test } from '@jest/globals';
import { createFetch } from './transport.ts';

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

test('given a stream whose request nobody holds any more, then an abort still ends it', async () => {
  const server = createServer((_, response) => void response.write('first'));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const caller = new AbortController();
  const { body } = await createFetch()(new Request(`http://127.0.0.1:${port}/`, { signal: caller.signal }));
  const reader = body?.getReader();
  await reader?.read();
  for (let i = 0; i < 3; i += 1) {
    await new Promise((resolve) => setImmediate(resolve));
    collectGarbage();
  }
  caller.abort();
  await expect(reader?.read()).rejects.toThrow();
  server.closeAllConnections();
  server.close();
});
