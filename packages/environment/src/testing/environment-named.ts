import type { Environment } from '../environment.ts';
import { parseEnvironment } from '../parse-environment.ts';

/** An environment with the least that it needs, for tests of what others make of it. @param spec - fields beside that, or in its place */
export function environmentNamed(name: string, spec: Readonly<Record<string, unknown>> = {}): Environment {
  const document = {
    apiVersion: 'gatefleet.dev/v1alpha1',
    kind: 'Environment',
    metadata: { name },
    spec: {
      cluster: { name },
      domains: [`${name}.example.com`],
      certificates: { email: 'a@example.com' },
      ...spec,
    },
  };
  const parsed = parseEnvironment(JSON.stringify(document), `overlays/${name}/environment.yaml`);
  if (parsed.kind === 'invalid') throw new Error(JSON.stringify(parsed.errors));
  return parsed.environment;
}
