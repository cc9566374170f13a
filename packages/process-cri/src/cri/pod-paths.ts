/**
 * Which paths of the machine a Pod may mount: what kubelet keeps for that very Pod (its folder is named by the Pod's uid, which nobody
 * can choose), and the folders that the configuration opens.
 */
export function mayMountIn({
  podUid,
  hostPaths,
}: {
  podUid: string;
  hostPaths: readonly string[];
}): (hostPath: string) => boolean {
  return (hostPath) =>
    (podUid !== '' && hostPath.includes(`/pods/${podUid}/`)) ||
    hostPaths.some((folder) => hostPath === folder || hostPath.startsWith(`${folder}/`));
}
