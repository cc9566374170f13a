import { KubeConfig } from '@kubernetes/client-node';
import { expect, test } from '@jest/globals';
import { pino } from 'pino';
import { listen } from '../status/http-server.ts';
import { kubernetesGatewayLogs } from './gateway-logs.ts';

// A fake of the API server's protocol: the real one hands the request on to a kubelet.
test('the logs of all gateways are followed line by line, however they are cut, until it is enough', async () => {
  const asked: string[] = [];
  const server = await listen(
    (request, response) => {
      asked.push(request.url ?? '');
      const pod = /pods\/([^/]+)\/log/.exec(request.url ?? '')?.[1];
      if (pod === 'gone') return void response.writeHead(404).end('{}');
      response.writeHead(200, { 'Content-Type': 'text/plain' });
      response.write(`first of ${pod}\nsec`);
      setImmediate(() => response.write(`ond of ${pod}\nunfinished`));
    },
    0,
    '127.0.0.1',
  );
  const config = new KubeConfig();
  config.loadFromClusterAndUser(
    { name: 'x', server: `http://127.0.0.1:${server.port}`, skipTLSVerify: true },
    { name: 'x' },
  );
  const gateway = (pod: string) => ({ pod, node: undefined, host: '127.0.0.1', port: 8443 });
  const follow = kubernetesGatewayLogs(config, {
    namespace: 'gatefleet',
    container: 'traefik',
    list: async () => ['a', 'gone', 'b'].map(gateway),
    log: pino({ enabled: false }),
  });
  const stop = new AbortController();
  const seen: string[] = [];
  const onLine = (line: string) => {
    seen.push(line);
    if (seen.length === 4) stop.abort();
  };
  await follow(onLine, stop.signal);
  expect(seen.toSorted()).toEqual(['first of a', 'first of b', 'second of a', 'second of b']);
  expect(asked[0]).toMatch(/^\/api\/v1\/namespaces\/gatefleet\/pods\/a\/log\?container=traefik&follow=true/);
  await server.close();
}, 30_000);
