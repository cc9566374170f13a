export type Service = 'git-upload-pack' | 'git-receive-pack';

export interface Route {
  readonly service: Service;
  /** Path inside the repository. */
  readonly path: string;
  readonly query: string;
  /** True for the request that moves refs. */
  readonly isPush: boolean;
}

/** What a request of git's smart HTTP protocol asks for; undefined for anything else, the dumb protocol's file reads included. */
export function routeOf(method: string | undefined, url: string | undefined, prefix: string): Route | undefined {
  const [path = '', query = ''] = (url ?? '').split('?', 2);
  if (!path.startsWith(`${prefix}/`)) return undefined;
  const inside = path.slice(prefix.length);
  if (method === 'GET' && inside === '/info/refs') {
    const service = /^service=(git-upload-pack|git-receive-pack)$/.exec(query)?.[1];
    return isService(service) ? { service, path: inside, query, isPush: false } : undefined;
  }
  const service = inside.slice(1);
  if (method === 'POST' && isService(service) && query === '')
    return { service, path: inside, query, isPush: service === 'git-receive-pack' };
  return undefined;
}

function isService(name: string | undefined): name is Service {
  return name === 'git-upload-pack' || name === 'git-receive-pack';
}
