import { request } from 'node:https';
import { isClusterScoped } from '@gatefleet/kustomize';
import { pluralOf, type ApiServer } from '@gatefleet/test-programs';
import { isMapping, kindOf, nameOf, type Manifest } from '../manifest.ts';

/** Groups that the server has only by a CRD, which these tests do not bring. */
const byCrd = new Set(['monitoring.coreos.com']);

/**
 * Applies objects to a real API server as a dry run, server-side and strictly: unknown fields are errors.
 *
 * @returns what the server says against them; empty where it would take all.
 */
export async function refusals(objects: readonly Manifest[], server: ApiServer): Promise<readonly string[]> {
  // The server looks for an object's namespace in a dry run too.
  for (const object of objects) if (kindOf(object) === 'Namespace') await apply(object, server, '');
  const answers = await Promise.all(
    objects
      .filter(({ apiVersion }) => !byCrd.has((apiVersion as string).split('/')[0] ?? ''))
      .map(async (object) => {
        const { status, text } = await apply(object, server, '&dryRun=All');
        return status < 300 ? [] : [`${kindOf(object)} ${nameOf(object)}: ${status} ${messageOf(text)}`];
      }),
  );
  return answers.flat();
}

function apply(
  object: Manifest,
  { url, ca, tokens }: ApiServer,
  query: string,
): Promise<{ status: number; text: string }> {
  const parameters = `fieldManager=test&force=true&fieldValidation=Strict${query}`;
  const headers = {
    authorization: `Bearer ${tokens.get('admin') ?? ''}`,
    'content-type': 'application/apply-patch+yaml',
  };
  return new Promise((resolve, reject) => {
    const sent = request(`${url}${pathOf(object)}?${parameters}`, { method: 'PATCH', headers, ca }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
      response.on('end', () => resolve({ status: response.statusCode ?? 0, text }));
    });
    sent.once('error', reject).end(JSON.stringify(object));
  });
}

function pathOf(object: Manifest): string {
  const apiVersion = object['apiVersion'] as string;
  const metadata = isMapping(object['metadata']) ? object['metadata'] : {};
  const namespace = isClusterScoped(kindOf(object)) ? '' : `/namespaces/${metadata['namespace'] as string}`;
  return `/${apiVersion.includes('/') ? 'apis' : 'api'}/${apiVersion}${namespace}/${pluralOf(kindOf(object))}/${nameOf(object)}`;
}

function messageOf(text: string): string {
  return (JSON.parse(text) as { message?: string }).message ?? text;
}
