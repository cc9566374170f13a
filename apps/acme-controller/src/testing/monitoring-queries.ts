import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parser } from '@prometheus-io/lezer-promql';
import { parse } from 'yaml';
import { z } from 'zod';

const folder = join(import.meta.dirname, '../../../../base/components/monitoring');

const Rules = z.object({
  spec: z.object({
    groups: z.array(
      z.object({
        rules: z.array(
          z.object({
            alert: z.string(),
            expr: z.string(),
            labels: z.object({ severity: z.enum(['warning', 'critical']) }),
            annotations: z.object({ summary: z.string(), description: z.string() }),
          }),
        ),
      }),
    ),
  }),
});
const Dashboard = z.object({
  panels: z.array(z.object({ title: z.string(), targets: z.array(z.object({ expr: z.string() })) })),
});

export interface Query {
  /** The alert or the panel. */
  readonly where: string;
  readonly expr: string;
}

export async function alertQueries(): Promise<readonly Query[]> {
  const { spec } = Rules.parse(parse(await readFile(join(folder, 'prometheusrule.yaml'), 'utf8')));
  return spec.groups.flatMap(({ rules }) => rules.map(({ alert, expr }) => ({ where: alert, expr })));
}

export async function panelQueries(): Promise<readonly Query[]> {
  const { panels } = Dashboard.parse(JSON.parse(await readFile(join(folder, 'dashboard.json'), 'utf8')));
  return panels.flatMap(({ title, targets }) => targets.map(({ expr }) => ({ where: title, expr })));
}

export interface ReadQuery {
  readonly metrics: readonly string[];
  readonly labels: readonly string[];
}

/** Reads PromQL by Prometheus' own grammar. @throws for what does not parse */
export function readQuery({ where, expr }: Query): ReadQuery {
  // Grafana puts these in before it asks.
  const text = expr.replaceAll('$__rate_interval', '5m').replaceAll('$namespace', 'gatefleet');
  const metrics = new Set<string>();
  const labels = new Set<string>();
  parser.parse(text).iterate({
    enter: ({ name, from, to, node, type }) => {
      const words = text.slice(from, to);
      if (type.isError) throw new Error(`${where}: ${text} does not parse at ${from}`);
      if (name === 'Identifier' && node.parent?.name === 'VectorSelector') metrics.add(words);
      if (name === 'LabelName') labels.add(words);
    },
  });
  return { metrics: [...metrics], labels: [...labels] };
}
