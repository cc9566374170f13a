import { type DestinationStream, pino, stdTimeFunctions } from 'pino';

/** Fields are listed by what they are, so a record with a key in it cannot slip in whole: what is not listed is dropped. */
const loggable = [
  'address',
  'answer',
  'attempts',
  'bytes',
  'ca',
  'certificate',
  'checkpoint',
  'code',
  'command',
  'count',
  'epoch',
  'err',
  'explanationUrl',
  'file',
  'format',
  'holder',
  'hint',
  'host',
  'identity',
  'ingress',
  'key',
  'kind',
  'milliseconds',
  'names',
  'namespace',
  'pid',
  'port',
  'published',
  'reason',
  'retryAt',
  'serial',
  'signal',
  'step',
] as const;

type LogFields = { readonly [field in (typeof loggable)[number]]?: unknown };

interface Write {
  (fields: LogFields, message: string): void;
  (message: string): void;
}

/** Where the program tells what it does. Takes no field that would be dropped. */
export interface Logger {
  readonly debug: Write;
  readonly info: Write;
  readonly warn: Write;
  readonly error: Write;
  readonly fatal: Write;
}

/** JSON lines. */
export function createLogger(level: string, destination?: DestinationStream): Logger {
  const isLoggable = new Set<string>(loggable);
  const options = {
    level,
    base: null,
    timestamp: stdTimeFunctions.isoTime,
    formatters: {
      level: (label: string) => ({ level: label }),
      log: (fields: Record<string, unknown>) =>
        Object.fromEntries(Object.entries(fields).filter(([name]) => isLoggable.has(name))),
    },
    serializers: { err: errorFields },
  };
  return destination === undefined ? pino(options) : pino(options, destination);
}

/** Only what our errors promise to keep free of secrets; an error of a library may carry the request that it was about. */
function errorFields(error: unknown): Record<string, unknown> {
  if (typeof error !== 'object' || error === null) return { message: String(error) };
  const field = (name: string): unknown => Reflect.get(error, name);
  const cause = field('cause');
  return {
    name: field('name'),
    code: field('code'),
    message: field('message'),
    ...(field('hint') !== undefined && { hint: field('hint') }),
    ...(cause !== undefined && { cause: errorFields(cause) }),
  };
}
