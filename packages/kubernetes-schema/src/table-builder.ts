import type { SchemaNode, SchemaTable } from './schema-table.ts';

/** A schema as OpenAPI 2, or as a CustomResourceDefinition has it. */
export interface OpenApiSchema {
  readonly $ref?: string;
  readonly type?: string;
  readonly format?: string;
  readonly enum?: readonly (string | number | boolean)[];
  readonly items?: OpenApiSchema;
  readonly properties?: Readonly<Record<string, OpenApiSchema>>;
  readonly additionalProperties?: OpenApiSchema | boolean;
  readonly required?: readonly string[];
  readonly 'x-kubernetes-int-or-string'?: boolean;
  readonly 'x-kubernetes-preserve-unknown-fields'?: boolean;
  readonly 'x-kubernetes-embedded-resource'?: boolean;
}

/** Collects schemas into a table in which equal ones are the same. */
export class TableBuilder {
  readonly #nodes: SchemaNode[] = [];
  readonly #index = new Map<string, number>();
  readonly #definitions: Record<string, number> = {};
  readonly #kinds: Record<string, number> = {};

  /** @param table - what is there already. */
  constructor(table?: SchemaTable) {
    if (table === undefined) return;
    for (const node of table.nodes) this.#intern(node);
    Object.assign(this.#definitions, table.definitions);
    Object.assign(this.#kinds, table.kinds);
  }

  define(name: string, schema: OpenApiSchema): void {
    this.#definitions[name] = this.#add(schema);
  }

  /** @param key - `apps/v1/Deployment` */
  addKind(key: string, schema: OpenApiSchema): void {
    this.#kinds[key] = this.#add(schema);
  }

  /** Adds a version of a CustomResourceDefinition. Kubernetes itself knows `metadata`; a status is written by controllers alone. */
  addCustomResource(key: string, schema: OpenApiSchema, objectMeta: string): void {
    const { properties = {}, ...rest } = schema;
    const own = {
      ...properties,
      apiVersion: { type: 'string' },
      kind: { type: 'string' },
      metadata: { $ref: `#/definitions/${objectMeta}` },
      ...(properties['status'] !== undefined && { status: {} }),
    };
    this.addKind(key, { ...rest, type: 'object', properties: own });
  }

  table(): SchemaTable {
    return { nodes: this.#nodes, definitions: this.#definitions, kinds: this.#kinds };
  }

  #add(schema: OpenApiSchema): number {
    return this.#intern(this.#nodeOf(schema));
  }

  #intern(node: SchemaNode): number {
    const key = JSON.stringify(node);
    const known = this.#index.get(key);
    if (known !== undefined) return known;
    this.#index.set(key, this.#nodes.length);
    return this.#nodes.push(node) - 1;
  }

  #nodeOf(schema: OpenApiSchema): SchemaNode {
    if (schema.$ref !== undefined) return ['ref', schema.$ref.slice(schema.$ref.lastIndexOf('/') + 1)];
    if (schema['x-kubernetes-int-or-string'] === true || schema.format === 'int-or-string') return 'int-or-string';
    if (schema.format === 'quantity') return 'quantity';
    if (schema.enum !== undefined) return ['enum', schema.enum];
    switch (schema.type) {
      case 'array':
        return ['list', schema.items === undefined ? this.#intern('any') : this.#add(schema.items)];
      case 'string':
      case 'integer':
      case 'number':
      case 'boolean':
        return schema.type;
      default:
        return this.#objectNode(schema);
    }
  }

  #objectNode(schema: OpenApiSchema): SchemaNode {
    const { properties, additionalProperties, required = [] } = schema;
    if (properties === undefined) {
      return typeof additionalProperties === 'object' ? ['map', this.#add(additionalProperties)] : 'any';
    }
    const isOpen =
      schema['x-kubernetes-preserve-unknown-fields'] === true ||
      schema['x-kubernetes-embedded-resource'] === true ||
      (additionalProperties !== undefined && additionalProperties !== false);
    const fields = Object.entries(properties).map(([name, field]) => [name, this.#add(field)] as const);
    return ['object', Object.fromEntries(fields), required, isOpen];
  }
}
