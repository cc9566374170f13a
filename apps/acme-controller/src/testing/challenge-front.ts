import { listen, type HttpServer } from '../status/http-server.ts';

/** Stands where gateways stand: asks one replica after the other until one answers, as the challenge route's retry does. */
export function startChallengeFront(replicaPorts: readonly number[]): Promise<HttpServer> {
  return listen(
    (request, response) => {
      void (async () => {
        for (const port of replicaPorts) {
          try {
            const answer = await fetch(`http://127.0.0.1:${port}${request.url ?? '/'}`);
            const body = await answer.text();
            return response.writeHead(answer.status).end(body);
          } catch {
            // It is down, or died over the request: the next one.
          }
        }
        return response.writeHead(502).end();
      })();
    },
    0,
    '127.0.0.1',
  );
}
