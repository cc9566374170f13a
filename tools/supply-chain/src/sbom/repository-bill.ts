import { units } from '@gatefleet/toolchain';
import { runProgram } from '../run-program.ts';
import { dated, type Bill, type Component } from './bill.ts';

/**
 * Everything that the repository is made with: each package of package-lock.json, as npm describes it, and the pinned programs.
 * @param created - seconds since 1970
 * @throws {@link SupplyChainError} `COMMAND_FAILED`
 */
export async function repositoryBill(root: string, created: number): Promise<Bill> {
  const text = await runProgram('npm', ['sbom', '--package-lock-only', '--sbom-format=cyclonedx'], { cwd: root });
  const bill = JSON.parse(text) as Bill;
  // npm calls the root by the name of its folder.
  const component = { ...bill.metadata.component, name: 'gatefleet' };
  const components = [...bill.components, ...pinnedPrograms()];
  return dated({ ...bill, metadata: { ...bill.metadata, component }, components }, created);
}

function pinnedPrograms(): Component[] {
  return Object.values(units).map(({ module, version }) => {
    const purl = `pkg:golang/${module}@${version}`;
    return { 'bom-ref': purl, type: 'application', name: module, version, scope: 'excluded', purl };
  });
}
