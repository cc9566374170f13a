/** A field of what may be an object; undefined where it is none, or has no such field of its own. */
export function field(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, name)
    ? (value as Record<string, unknown>)[name]
    : undefined;
}

/** A list, or nothing. */
export function listField(value: unknown, name: string): readonly unknown[] {
  const list = field(value, name);
  return Array.isArray(list) ? (list as unknown[]) : [];
}

/** Text that stands there in base64: Go's JSON has bytes so, and so have Kubernetes' Secrets. Line breaks in it are no matter. */
export function base64Field(value: unknown, name: string): string | undefined {
  const text = field(value, name);
  return typeof text === 'string' ? Buffer.from(text, 'base64').toString('latin1') : undefined;
}

/** Names where there are some; what is no text is left out. */
export function namesOf(...values: readonly unknown[]): string[] {
  return values.flat().filter((value): value is string => typeof value === 'string' && value !== '');
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
