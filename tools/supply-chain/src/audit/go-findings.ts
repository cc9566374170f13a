import { z } from 'zod';
import { SupplyChainError } from '../errors.ts';
import type { Finding } from './finding.ts';

const Message = z.object({
  config: z.object({ scan_level: z.string() }).optional(),
  osv: z.object({ id: z.string(), summary: z.string().optional() }).optional(),
  finding: z
    .object({
      osv: z.string(),
      fixed_version: z.string().optional(),
      trace: z.array(z.object({ module: z.string(), version: z.string().optional(), package: z.string().optional() })),
    })
    .optional(),
});

/**
 * The findings in what `govulncheck -json` printed: one an advisory and module of which the program has a package that is concerned. A module
 * that is only in the graph, with no such package in the program, is none.
 * @param program - whose packages were looked at
 * @throws {@link SupplyChainError} `REPORT_INVALID`
 */
export function goFindings(text: string, program: string): Finding[] {
  const messages = jsonValues(text).map((value) => Message.parse(value));
  if (!messages.some(({ config }) => config?.scan_level === 'package')) {
    throw new SupplyChainError(
      'REPORT_INVALID',
      `reading the report of govulncheck on ${program}: it looked at no package`,
    );
  }
  const titles = new Map(messages.flatMap(({ osv }) => (osv === undefined ? [] : [[osv.id, osv.summary ?? '']])));
  const found = new Map<string, Finding>();
  for (const { finding } of messages) {
    const [place] = finding?.trace ?? [];
    if (finding === undefined || place?.package === undefined) continue;
    const { module, version = '' } = place;
    found.set(`${finding.osv} ${module}`, {
      source: 'go',
      id: finding.osv,
      package: module,
      where: [`${program} (${version})`],
      title: titles.get(finding.osv) ?? '',
      fixed: finding.fixed_version,
    });
  }
  return [...found.values()];
}

/** govulncheck prints one value after the other; each begins and ends with a brace at the start of a line. */
function jsonValues(text: string): unknown[] {
  return text
    .split(/(?<=^\}\n)/m)
    .filter((part) => part.trim() !== '')
    .map((part) => JSON.parse(part) as unknown);
}
