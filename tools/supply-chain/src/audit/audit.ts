import { ensureTools, goEnvironment, pinnedUnit, units, type UnitName } from '@gatefleet/toolchain';
import { runProgram } from '../run-program.ts';
import type { Finding } from './finding.ts';
import { goFindings } from './go-findings.ts';
import { npmFindings } from './npm-findings.ts';

/** Asks npm's registry about each package of package-lock.json. @throws {@link SupplyChainError} */
export async function auditNpm(root: string, options: { readonly registry?: string } = {}): Promise<Finding[]> {
  const registry = options.registry === undefined ? [] : ['--registry', options.registry];
  const args = ['audit', '--json', '--package-lock-only', ...registry];
  // 1 says that there are findings, or that nothing could be asked: the report tells which.
  return npmFindings(await runProgram('npm', args, { cwd: root, answers: [0, 1] }));
}

/**
 * Looks each pinned program's packages up in Go's database of vulnerabilities.
 * @throws {@link SupplyChainError}; ToolchainError
 */
export async function auditGo(
  options: { readonly database?: string; readonly only?: readonly UnitName[] } = {},
): Promise<Finding[]> {
  const { govulncheck } = await ensureTools(['govulncheck']);
  const database = options.database === undefined ? [] : ['-db', options.database];
  const found: Finding[] = [];
  for (const name of options.only ?? (Object.keys(units) as UnitName[])) {
    const { dir, programs } = pinnedUnit(name);
    const args = [...database, '-json', '-scan', 'package', ...Object.values(programs)];
    const report = await runProgram(govulncheck.path, args, { cwd: dir, env: goEnvironment(process.env) });
    found.push(...goFindings(report, name));
  }
  return joined(found);
}

/** One finding for all programs that have the same module. */
function joined(findings: readonly Finding[]): Finding[] {
  const groups = Object.values(Object.groupBy(findings, ({ id, package: name }) => `${id} ${name}`));
  return groups.flatMap((group = []) =>
    group.slice(0, 1).map((first) => ({ ...first, where: group.flatMap(({ where }) => where) })),
  );
}
