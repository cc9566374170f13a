import { z } from 'zod';
import { LabelKey, LabelValue } from './names.ts';

export const Monitoring = z
  .strictObject({
    podMonitors: z
      .boolean()
      .default(false)
      .describe(
        'Whether Prometheus is told of gateways, store and controller by PodMonitors, with alerts and a Grafana dashboard. Needs the Prometheus operator.',
      ),
    labels: z
      .record(LabelKey, LabelValue)
      .default({})
      .describe('Labels on the PodMonitors and alerts, by which a Prometheus selects its own.'),
  })
  .describe('What Prometheus scrapes.');
