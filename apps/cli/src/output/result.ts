/** What a command comes to: data for programs, text for people, and an exit code: 0 clean, 1 findings or failure, 2 misuse. */
export interface CommandResult<T> {
  readonly value: T;
  readonly text: string;
  readonly exitCode: 0 | 1 | 2;
}
