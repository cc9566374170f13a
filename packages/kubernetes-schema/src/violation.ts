/** One thing that the API server would refuse, or will. */
export interface SchemaViolation {
  /** Place inside the object. */
  readonly path: readonly (string | number)[];
  /** Whether it is the field's name rather than its value. */
  readonly atKey: boolean;
  readonly kind:
    | 'unknown-field'
    | 'wrong-type'
    | 'missing-field'
    | 'bad-value'
    | 'unknown-kind'
    | 'removed-version'
    | 'deprecated-version';
  /** Without a final period. */
  readonly message: string;
  readonly remedy: string;
}
