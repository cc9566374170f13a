/** What the API server answered, or that it did not. Never with the request or its answer in full: one of them may be a Secret. */
export class KubernetesError extends Error {
  override readonly name = 'KubernetesError';
  /** HTTP status; undefined without an answer. */
  readonly code: number | undefined;
  readonly hint: string | undefined;

  constructor(
    message: string,
    options: { code?: number | undefined; hint?: string | undefined; cause?: unknown } = {},
  ) {
    super(message, { cause: options.cause });
    this.code = options.code;
    this.hint = options.hint;
  }

  /** No answer, overload, or a fault of the server's own. */
  get isRetryable(): boolean {
    return this.code === undefined || this.code === 429 || this.code >= 500;
  }
}

/** @param doing - what was under way, for messages. */
export function kubernetesError(doing: string, error: unknown): KubernetesError {
  const field = (name: string): unknown =>
    typeof error === 'object' && error !== null ? Reflect.get(error, name) : undefined;
  const status = field('statusCode') ?? field('code');
  if (typeof status === 'number') {
    const hint =
      status === 403 ? 'the README of acme-controller lists the rights that each ServiceAccount needs' : undefined;
    return new KubernetesError(`${doing}: the API server answered ${status}`, { code: status, hint });
  }
  const cause: unknown = field('cause') ?? error;
  return new KubernetesError(`${doing}: the API server cannot be reached`, { cause });
}
