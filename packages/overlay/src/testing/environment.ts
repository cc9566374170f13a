import { parseEnvironment, type Environment } from '@gatefleet/environment';

/** The smallest environment, named qa, with lines added to its spec. @throws Error with the mistakes */
export function environment(...spec: string[]): Environment {
  const has = (field: string) => spec.some((line) => line.startsWith(`${field}:`));
  const text = `apiVersion: gatefleet.dev/v1alpha1
kind: Environment
metadata: { name: qa }
spec:
${has('cluster') ? '' : '  cluster: { name: qa-eu }\n'}${has('domains') ? '' : '  domains: [qa.example.com]\n'}${
    has('certificates') ? '' : '  certificates: { email: platform@example.com }\n'
  }${spec.map((line) => `  ${line}\n`).join('')}`;
  const result = parseEnvironment(text, 'environment.yaml');
  if (result.kind === 'invalid') throw new Error(result.errors.map(({ message }) => message).join('; '));
  return result.environment;
}
