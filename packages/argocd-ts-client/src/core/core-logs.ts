import type { Application, LogEntry, LogOptions } from '../applications.ts';
import { connectionErrorOf, unsupported } from '../errors.ts';
import { lines } from '../json-lines.ts';
import { requireInCluster } from './in-cluster.ts';
import type { KubernetesApi } from './kubernetes-api.ts';

/** Of a Pod in the same cluster. */
export async function* coreLogs(
  api: KubernetesApi,
  read: () => Promise<Application>,
  { of, container, tailLines, sinceSeconds, previous, follow, signal }: LogOptions,
): AsyncGenerator<LogEntry> {
  if (!('pod' in of)) throw unsupported(`reading the logs of all Pods of ${of.kind} ${of.name}`);
  const what = `reading the log of ${of.pod}`;
  requireInCluster(what, await read());
  const query = {
    container,
    tailLines: tailLines?.toString(),
    sinceSeconds: sinceSeconds?.toString(),
    previous: previous?.toString(),
    follow: follow?.toString(),
    timestamps: 'true',
  };
  const path = `/api/v1/namespaces/${encodeURIComponent(of.namespace)}/pods/${encodeURIComponent(of.pod)}/log`;
  const { body } = await api({ what, path, query, signal });
  if (body === null) return;
  try {
    for await (const { text } of lines(body, /\n/)) {
      const [, timeStampStr = '', content = ''] = /^(\S+) ?(.*)$/s.exec(text) ?? [];
      yield { podName: of.pod, timeStampStr, timeStamp: timeStampStr, content };
    }
  } catch (error) {
    if (signal?.aborted !== true) throw connectionErrorOf(what, error);
  }
}
