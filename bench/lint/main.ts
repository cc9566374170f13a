/**
 * How long it takes to lint generated fleets, side by side in one run with `kustomize build` and `kubeconform -strict` over the same
 * environments one after the other.
 *
 *   GOBIN=$PWD/bin go install github.com/yannh/kubeconform/cmd/kubeconform@v0.7.0
 *   node bench/lint/main.ts --kubeconform bin/kubeconform --rounds 3
 */
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs, promisify } from 'node:util';
import { ensureTools } from '@gatefleet/toolchain';
import { writeKubeconformSchemas } from './kubeconform-schemas.ts';
import { writeFleet } from './write-fleet.ts';

const run = promisify(execFile);
const repository = join(import.meta.dirname, '../..');
const { values } = parseArgs({
  options: { kubeconform: { type: 'string' }, rounds: { type: 'string', default: '3' } },
});
const { kubeconform } = values;
if (kubeconform === undefined) throw new Error('say with --kubeconform PATH where kubeconform is');
const { kustomize } = await ensureTools(['kustomize']);
const maxBuffer = 256 * 1024 * 1024;

async function seconds(work: () => Promise<unknown>): Promise<number> {
  const began = performance.now();
  await work();
  return (performance.now() - began) / 1000;
}

/** A process of its own: what it costs to start is part of the price. */
const lint = (root: string) =>
  run(process.execPath, [join(import.meta.dirname, 'lint-once.ts'), root, kustomize.path], { maxBuffer });

async function oneAfterTheOther(root: string, names: readonly string[], schemas: string): Promise<void> {
  const location = `${schemas}/{{.ResourceKind}}{{.KindSuffix}}.json`;
  const rendered = join(root, '..', 'rendered.yaml');
  for (const name of names) {
    const { stdout } = await run(kustomize.path, ['build', join(root, 'overlays', name)], { maxBuffer });
    await writeFile(rendered, stdout);
    await run(kubeconform ?? '', ['-strict', '-schema-location', location, rendered], { maxBuffer });
  }
}

const folder = await mkdtemp(join(tmpdir(), 'gatefleet-bench-'));
try {
  const schemas = join(folder, 'schemas');
  await writeKubeconformSchemas(join(repository, 'packages/kubernetes-schema/data/schemas.json'), schemas);
  const [small, large] = [join(folder, '100'), join(folder, '500')];
  const names = await writeFleet(small, repository, 100);
  await writeFleet(large, repository, 500);
  const row = (columns: readonly string[]) => console.log(columns.map((text) => text.padEnd(12)).join('  '));
  row(['round', 'lint 100', 'one by one', 'lint 500', 'lint / one', '500 / 100']);
  for (let round = 1; round <= Number(values.rounds); round += 1) {
    const ours = await seconds(() => lint(small));
    const theirs = await seconds(() => oneAfterTheOther(small, names, schemas));
    const many = await seconds(() => lint(large));
    const times = [ours, theirs, many].map((time) => `${time.toFixed(1)} s`);
    row([String(round), ...times, (ours / theirs).toFixed(2), (many / ours).toFixed(2)]);
  }
} finally {
  await rm(folder, { recursive: true });
}
