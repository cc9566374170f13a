/** A remote of this clone. */
export interface GitRemote {
  readonly name: string;
  readonly address: string;
}

/** The local cluster's own remote, by the address that it has on this machine. */
const localAddress = /^http:\/\/127\.0\.0\.1:\d+\/gatefleet\.git$/;

/**
 * The remote of this clone for a repository that Argo CD reads, whatever protocol and user it is reached by; the address itself where
 * there is none.
 *
 * @param inside - the address by which a local cluster's Argo CD reads the cluster's own remote.
 */
export function remoteFor(address: string, remotes: readonly GitRemote[], inside: string): string {
  const found = remotes.find((remote) =>
    address === inside ? localAddress.test(remote.address) : placeOf(remote.address) === placeOf(address),
  );
  return found?.name ?? address;
}

/** `git@github.com:a/b.git` and `https://someone@github.com/a/b` are both `github.com/a/b`. */
function placeOf(address: string): string {
  const [, host = '', path = ''] =
    /^[a-z+]+:\/\/(?:[^/@]+@)?([^/]+)\/(.*)$/i.exec(address) ?? /^(?:[^/@]+@)?([^/:]+):(.*)$/.exec(address) ?? [];
  return `${host.toLowerCase()}/${path.replace(/\/+$/, '').replace(/\.git$/, '')}`;
}
