/** A known vulnerability in something that we are made with. */
export interface Finding {
  readonly source: 'npm' | 'go';
  /** Of the advisory: GHSA-… of GitHub's, GO-… of Go's. */
  readonly id: string;
  readonly package: string;
  /** Where it is, or which of the pinned programs has it. */
  readonly where: readonly string[];
  readonly title: string;
  /** The first version without it, where one is known. */
  readonly fixed?: string | undefined;
}
