/** The part of Swagger 2.0 that Argo CD's document uses. */
export interface Swagger {
  readonly paths: Readonly<Record<string, Readonly<Record<string, SwaggerOperation>>>>;
  readonly definitions: Readonly<Record<string, object>>;
}

interface SwaggerOperation {
  readonly operationId: string;
  readonly summary?: string;
  readonly parameters?: readonly SwaggerParameter[];
  readonly responses: Readonly<Record<string, { readonly description: string; readonly schema?: object }>>;
}

interface SwaggerParameter {
  readonly name: string;
  readonly in: string;
  readonly description?: string;
  readonly required?: boolean;
  readonly schema?: object;
  readonly type?: string;
  readonly format?: string;
  readonly items?: object;
}

/** OpenAPI 3.0 of the named paths alone, with the schemas that these reach. @throws Error for a path that the document lacks. */
export function openApiOf(swagger: Swagger, paths: readonly string[], version: string): object {
  const selected = paths.map((path) => {
    const operations = swagger.paths[path];
    if (operations === undefined) throw new Error(`selecting ${path}: the document has no such path`);
    return [path, operations] as const;
  });
  const names = reachable(swagger, selected);
  return relink({
    openapi: '3.0.3',
    info: { title: 'Argo CD', version },
    paths: Object.fromEntries(
      selected.map(([path, operations]) => [
        path,
        Object.fromEntries(Object.entries(operations).map(([method, operation]) => [method, convert(operation)])),
      ]),
    ),
    components: { schemas: Object.fromEntries([...names].sort().map((name) => [name, swagger.definitions[name]])) },
  }) as object;
}

function convert({ operationId, summary, parameters = [], responses }: SwaggerOperation): object {
  const body = parameters.find((parameter) => parameter.in === 'body');
  return {
    operationId,
    summary,
    parameters: parameters
      .filter((parameter) => parameter.in !== 'body')
      .map(({ name, in: place, description, required, type, format, items }) => ({
        name,
        in: place,
        description,
        required,
        schema: { type, format, items },
      })),
    ...(body && { requestBody: { required: true, content: { 'application/json': { schema: body.schema } } } }),
    responses: Object.fromEntries(
      Object.entries(responses).map(([status, { description, schema }]) => [
        status,
        { description, content: { 'application/json': { schema } } },
      ]),
    ),
  };
}

function reachable(swagger: Swagger, from: unknown): Set<string> {
  const found = new Set<string>();
  const visit = (value: unknown): void => {
    if (typeof value !== 'object' || value === null) return;
    for (const [key, child] of Object.entries(value)) {
      const name = key === '$ref' ? String(child).replace('#/definitions/', '') : undefined;
      if (name === undefined) visit(child);
      else if (!found.has(name)) {
        found.add(name);
        visit(swagger.definitions[name]);
      }
    }
  };
  visit(from);
  return found;
}

function relink(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(relink);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, child]) =>
      key === '$ref' ? [key, String(child).replace('#/definitions/', '#/components/schemas/')] : [key, relink(child)],
    ),
  );
}
