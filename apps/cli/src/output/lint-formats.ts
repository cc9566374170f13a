/** What `lint` can write its report as. */
export const lintFormats = ['human', 'json', 'sarif', 'github', 'markdown'] as const;
export type LintFormat = (typeof lintFormats)[number];
