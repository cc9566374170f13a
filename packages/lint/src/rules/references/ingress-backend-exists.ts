import { formatObjectId } from '@gatefleet/kustomize';
import { listOf, mappingOf } from '../../mapping.ts';
import type { BuiltObject, Path } from '../../input/build-input.ts';
import type { BuildRule } from '../../rule.ts';

export const ingressBackendExists: BuildRule = {
  id: 'ingress-backend-exists',
  group: 'references',
  scope: 'build',
  severity: 'error',
  summary: 'An Ingress whose backend is a Service, or a port of one, that is not deployed with it.',
  why: 'The gateway answers 404 or 503 for that path.',
  remedy: 'Name a Service and a port that are there.',
  *check({ objects }) {
    for (const ingress of objects.ofKind('Ingress')) {
      for (const { path, service } of backends(ingress)) {
        const name = String(service['name']);
        const found = objects.get('Service', ingress.id.namespace, name);
        if (found === undefined) {
          const there = objects.namesOf('Service', ingress.id.namespace).join(', ');
          yield {
            message: `${formatObjectId(ingress.id)} leads to the Service ${name}, which is not there`,
            position: ingress.positionOf([...path, 'name']),
            remedy: there === '' ? 'Add the Service.' : `Name one that is there: ${there}.`,
            object: ingress.id,
          };
          continue;
        }
        const { number, name: portName } = mappingOf(service['port']);
        const ports = listOf(mappingOf(found.object['spec'])['ports']).map(mappingOf);
        if (ports.some((port) => (portName === undefined ? port['port'] === number : port['name'] === portName)))
          continue;
        const there = ports
          .flatMap((port) =>
            [port['port'], port['name']]
              .filter((each) => each !== undefined)
              .map(String)
              .join(' '),
          )
          .join(', ');
        yield {
          message: `${formatObjectId(ingress.id)} leads to port ${String(portName ?? number)} of the Service ${name}, which it does not have`,
          position: ingress.positionOf([...path, 'port', portName === undefined ? 'number' : 'name']),
          remedy: `Use a port that it has: ${there}.`,
          object: ingress.id,
        };
      }
    }
  },
};

function backends({
  object,
}: BuiltObject): readonly { readonly path: Path; readonly service: Readonly<Record<string, unknown>> }[] {
  const { defaultBackend, rules } = mappingOf(object['spec']);
  const found: { path: Path; service: Readonly<Record<string, unknown>> }[] = [];
  const add = (path: Path, backend: unknown) => {
    const { service } = mappingOf(backend);
    if (service !== undefined) found.push({ path: [...path, 'service'], service: mappingOf(service) });
  };
  add(['spec', 'defaultBackend'], defaultBackend);
  listOf(rules).forEach((rule, index) =>
    listOf(mappingOf(mappingOf(rule)['http'])['paths']).forEach((each, at) =>
      add(['spec', 'rules', index, 'http', 'paths', at, 'backend'], mappingOf(each)['backend']),
    ),
  );
  return found;
}
