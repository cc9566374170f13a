import { z } from 'zod';
import { Duration, EnvironmentName } from './names.ts';

/** What an environment runs was run by another one before. */
export const Promotion = z
  .strictObject({
    from: EnvironmentName.describe('Environment whose versions are promoted to this one.'),
    healthyFor: Duration.default('1h').describe(
      'How long that environment must have run a version in health before it is promoted.',
    ),
  })
  .optional()
  .describe(
    'Where this environment’s versions come from, for `gatefleet promote`. None: from any environment, at once.',
  );
