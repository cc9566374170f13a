import type { TargetConfiguration } from '@nx/devkit';

/** One entry of a target's `inputs`. @see https://nx.dev/reference/inputs */
export type InputDefinition = NonNullable<TargetConfiguration['inputs']>[number];
