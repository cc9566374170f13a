/** What stops the set-up: shown as message and hint, without a stack. */
export class BootstrapError extends Error {
  /**
   * @param {string} message - without a final period
   * @param {string} hint - the next step
   */
  constructor(message, hint) {
    super(message);
    this.name = 'BootstrapError';
    this.hint = hint;
  }
}
