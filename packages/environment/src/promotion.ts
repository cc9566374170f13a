import { z } from 'zod';
import { Duration, EnvironmentName } from './names.ts';

/** What an environment runs was run by another one before. */
export const Promotion = z
  .strictObject({
    from: EnvironmentName.describe('Environment whose commits are promoted to this one.'),
    healthyFor: Duration.default('1h').describe(
      'How long that environment must have run a commit in health before it is promoted.',
    ),
  })
  .optional()
  .describe(
    'Where this environment’s commits come from, for `gatefleet promote`: it follows the branch `environments/<name>`, and no push to the main branch reaches it. None: it follows `sync.revision`.',
  );
