/** A write that lost its race or its leadership: ends the run in the middle of a step, and becomes its outcome. Never leaves the engine. */
export class StoreRefused extends Error {
  override readonly name = 'StoreRefused';
  readonly kind: 'conflict' | 'lost-leadership';

  constructor(kind: 'conflict' | 'lost-leadership') {
    super(kind);
    this.kind = kind;
  }
}
