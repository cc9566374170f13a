import { z } from 'zod';
import { SupplyChainError } from '../errors.ts';
import type { Finding } from './finding.ts';

const Advisory = z.object({ name: z.string(), title: z.string(), url: z.url() });
const Report = z.object({
  auditReportVersion: z.literal(2),
  vulnerabilities: z.record(
    z.string(),
    z.object({ nodes: z.array(z.string()), via: z.array(z.union([z.string(), Advisory])) }),
  ),
});

/**
 * The findings in a report of `npm audit --json`: one an advisory and package. What only depends on such a package is none of its own.
 * @throws {@link SupplyChainError} `REPORT_INVALID`, also for npm's own report that it could not ask
 */
export function npmFindings(text: string): Finding[] {
  const { success, data, error } = Report.safeParse(JSON.parse(text));
  if (!success) {
    const { message } = z.object({ message: z.string().optional() }).parse(JSON.parse(text));
    throw new SupplyChainError(
      'REPORT_INVALID',
      `reading the report of npm audit: ${message ?? z.prettifyError(error)}`,
    );
  }
  return Object.values(data.vulnerabilities).flatMap(({ nodes, via }) =>
    via
      .filter((cause) => typeof cause !== 'string')
      .map(({ name, title, url }) => ({
        source: 'npm' as const,
        id: url.slice(url.lastIndexOf('/') + 1),
        package: name,
        where: nodes,
        title,
      })),
  );
}
