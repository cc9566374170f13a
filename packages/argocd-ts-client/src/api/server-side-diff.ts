import type { Application, Applications, CallOptions, ResourceDiff } from '../applications.ts';
import { ArgoCdError } from '../errors.ts';
import type { Fetch } from '../transport.ts';
import { grpcWebCall } from './grpc-web.ts';
import { decodeMessage, encodeMessage } from './protobuf.ts';

/** ResourceDiff in Argo CD's `generated.proto`; the other fields are for its own use. */
const resourceFields = { group: 1, kind: 2, namespace: 3, name: 4, targetState: 5, liveState: 6 } as const;
const hookField = 8;
const modifiedField = 12;
/** ApplicationServerSideDiffQuery in `application.proto`, and the items of its answer. */
const [appNameField, projectField, liveField, targetField, itemsField] = [1, 3, 4, 5, 1];

/** As many as one message takes well: Argo CD's own command line sends so many at a time. */
const batchSize = 50;

interface Manifest {
  readonly apiVersion?: string;
  readonly kind?: string;
  readonly metadata?: { readonly name?: string; readonly namespace?: string };
}

interface Pair {
  readonly live: ResourceDiff;
  /** JSON, or '' for what is no longer in git. */
  readonly target: string;
}

/** The call carries a list of messages, which grpc-gateway's query parameters cannot: so it goes as gRPC-Web. */
export async function serverSideDiff(
  { server, send }: { readonly server: string; readonly send: Fetch },
  applications: Pick<Applications, 'get' | 'manifests' | 'managedResources'>,
  name: string,
  { manifests, signal }: CallOptions & { readonly manifests?: readonly object[] | undefined } = {},
): Promise<readonly ResourceDiff[]> {
  const application = await applications.get(name, { signal });
  const [live, targets] = await Promise.all([
    applications.managedResources(name, { signal }),
    manifests ?? applications.manifests(name, { signal }),
  ]);
  const pairs = pairsOf(application, live, targets);
  const what = `comparing application ${name} with what would be applied`;
  const url = `${server}/application.ApplicationService/ServerSideDiff`;
  const items: ResourceDiff[] = [];
  for (let i = 0; i < pairs.length; i += batchSize) {
    const message = queryOf(application, pairs.slice(i, i + batchSize));
    const answer = await grpcWebCall({ what, url, message, send, signal });
    try {
      for (const [field, value] of decodeMessage(answer))
        if (field === itemsField && typeof value !== 'number') items.push(diffOf(value));
    } catch (cause) {
      throw new ArgoCdError('PROTOCOL', `${what}: the answer is not one`, { cause });
    }
  }
  return items;
}

/** Every live resource with its manifest, then the manifests that have none. */
function pairsOf({ spec }: Application, live: readonly ResourceDiff[], targets: readonly Manifest[]): readonly Pair[] {
  const unmatched = new Set(targets);
  const matched = live
    .filter(({ hook }) => hook !== true)
    .map((resource) => {
      const target = targets.find((candidate) => isOf(candidate, resource, spec?.destination?.namespace));
      if (target !== undefined) unmatched.delete(target);
      return { live: resource, target: target === undefined ? '' : JSON.stringify(inNamespaceOf(resource, target)) };
    })
    // What is neither in the cluster nor among the manifests is in git alone.
    .filter(({ live: { liveState = 'null' }, target }) => liveState !== 'null' || target !== '');
  const added = [...unmatched].map((target) => ({
    live: {
      group: groupOf(target),
      kind: target.kind ?? '',
      namespace: target.metadata?.namespace ?? '',
      name: target.metadata?.name ?? '',
    },
    target: JSON.stringify(target),
  }));
  return [...matched, ...added];
}

function inNamespaceOf({ namespace = '' }: ResourceDiff, target: Manifest): Manifest {
  return namespace === '' ? target : { ...target, metadata: { ...target.metadata, namespace } };
}

/** A manifest may leave out the namespace, also of what lives in one. */
function isOf(target: Manifest, resource: ResourceDiff, fallback: string | undefined): boolean {
  const namespace = target.metadata?.namespace;
  const isThere =
    namespace === undefined
      ? ['', fallback ?? ''].includes(resource.namespace ?? '')
      : namespace === (resource.namespace ?? '');
  return (
    isThere &&
    target.kind === resource.kind &&
    groupOf(target) === (resource.group ?? '') &&
    target.metadata?.name === resource.name
  );
}

function groupOf({ apiVersion = '' }: Manifest): string {
  return apiVersion.includes('/') ? (apiVersion.split('/')[0] ?? '') : '';
}

function queryOf({ metadata, spec }: Application, pairs: readonly Pair[]): Uint8Array {
  return encodeMessage([
    [appNameField, metadata?.name ?? ''],
    [projectField, spec?.project ?? ''],
    ...pairs.map(({ live }) => [liveField, resourceOf(live)] as const),
    ...pairs.map(({ target }) => [targetField, target] as const),
  ]);
}

function resourceOf(live: ResourceDiff): Uint8Array {
  const { group = '', kind = '', namespace = '', name = '', liveState = '', hook = false } = live;
  return encodeMessage([
    [resourceFields.group, group],
    [resourceFields.kind, kind],
    [resourceFields.namespace, namespace],
    [resourceFields.name, name],
    [resourceFields.liveState, liveState === 'null' ? '' : liveState],
    [hookField, hook],
  ]);
}

function diffOf(bytes: Uint8Array): ResourceDiff {
  const fields = new Map(decodeMessage(bytes));
  const texts = Object.entries(resourceFields).map(([name, field]) => {
    const value = fields.get(field);
    return [name, value instanceof Uint8Array ? new TextDecoder().decode(value) : ''];
  });
  return { ...(Object.fromEntries(texts) as ResourceDiff), modified: fields.get(modifiedField) === 1 };
}
