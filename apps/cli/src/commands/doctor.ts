import { inspectTools, type ToolReport } from '@gatefleet/toolchain';
import type { CommandResult } from '../output/result.ts';
import { table } from '../output/table.ts';

/** Each pinned program: version, where it came from, what needs it. Builds nothing. */
export async function doctor(): Promise<CommandResult<readonly ToolReport[]>> {
  const tools = await inspectTools();
  const text = table(
    ['PROGRAM', 'VERSION', 'FROM', 'NEEDED BY'],
    tools.map(({ name, version, source, neededBy }) => [name, version, source, neededBy]),
  );
  return { value: tools, text, exitCode: 0 };
}
