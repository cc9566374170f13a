import { readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { ToolchainError } from '@gatefleet/toolchain';
import { auditGo, auditNpm } from './audit/audit.ts';
import type { Finding } from './audit/finding.ts';
import { judge } from './audit/judge.ts';
import { verdictText } from './audit/verdict-text.ts';
import { parseWaivers } from './audit/waivers.ts';
import { SupplyChainError } from './errors.ts';
import { buildImage } from './image/build-image.ts';
import type { Release } from './image/controller-image.ts';
import { newestDebian } from './image/debian.ts';
import { cacheFolder } from './image/pinned-file.ts';
import { buildPackage } from './package/build-package.ts';
import { runProgram } from './run-program.ts';
import { imageBill } from './sbom/image-bill.ts';
import { repositoryBill } from './sbom/repository-bill.ts';

const usage = `usage: main.ts COMMAND
  image --output FOLDER --version VERSION                      the controller's image as an OCI layout, and FOLDER.cdx.json; prints its digest
  package --package NAME --output FOLDER [--version VERSION]   packages/NAME as it is published, if it has that version
  bill --output FILE                                           what the repository is made with, as CycloneDX
  audit [--of npm|go]                                          known vulnerabilities that no waiver of waivers.yaml covers
  lock                                                         pins Debian's packages as apt-get has them today
`;
const root = resolve(import.meta.dirname, '../../..');

const commands: Readonly<Record<string, (options: Record<string, string | undefined>) => Promise<number>>> = {
  async image({ output, version }) {
    if (output === undefined || version === undefined) return misused();
    const sources = { root, cache: cacheFolder(process.env) };
    const content = await buildImage(resolve(output), sources, await releaseOf(version));
    await writeJson(
      `${resolve(output)}.cdx.json`,
      imageBill(await repositoryBill(root, content.release.created), content),
    );
    process.stdout.write(`${content.digest}\n`);
    return 0;
  },

  async bill({ output }) {
    if (output === undefined) return misused();
    const { created } = await releaseOf('');
    await writeJson(resolve(output), await repositoryBill(root, created));
    return 0;
  },

  async package({ package: name, output, version }) {
    if (name === undefined || output === undefined) return misused();
    await buildPackage(join(root, 'packages', name), resolve(output), version);
    return 0;
  },

  async audit({ of }) {
    if (of !== undefined && of !== 'npm' && of !== 'go') return misused();
    const sources: readonly Finding['source'][] = of === undefined ? ['npm', 'go'] : [of];
    const waivers = parseWaivers(await readFile(join(root, 'tools/supply-chain/waivers.yaml'), 'utf8'));
    const findings: Finding[] = [];
    for (const source of sources) findings.push(...(await (source === 'npm' ? auditNpm(root) : auditGo())));
    const verdict = judge(findings, waivers, sources, new Date().toISOString().slice(0, 10));
    process.stdout.write(verdictText(verdict));
    return verdict.open.length + verdict.faults.length === 0 ? 0 : 1;
  },

  async lock() {
    await writeJson(join(root, 'tools/supply-chain/debian-lock.json'), await newestDebian());
    return 0;
  },
};

function misused(): number {
  process.stderr.write(usage);
  return 2;
}

function writeJson(file: string, value: object): Promise<void> {
  return writeFile(file, `${JSON.stringify(value, undefined, 2)}\n`);
}

/** Of the commit that is checked out, told apart where files are changed; SOURCE_DATE_EPOCH goes before its time. */
async function releaseOf(version: string): Promise<Release> {
  const git = async (...args: string[]) => (await runProgram('git', args, { cwd: root })).trim();
  const revision = await git('describe', '--always', '--dirty', '--abbrev=40', '--exclude=*');
  const time = await git('log', '-1', '--format=%ct');
  return { version, revision, created: Number(process.env['SOURCE_DATE_EPOCH'] ?? time) };
}

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: {
    output: { type: 'string' },
    version: { type: 'string' },
    of: { type: 'string' },
    package: { type: 'string' },
  },
});
try {
  const [name = '', ...rest] = positionals;
  const command = Object.hasOwn(commands, name) && rest.length === 0 ? commands[name] : undefined;
  process.exitCode = await (command === undefined ? misused() : command(values));
} catch (error) {
  if (!(error instanceof SupplyChainError || error instanceof ToolchainError)) throw error;
  process.stderr.write(`error ${error.code}  ${error.message}\n`);
  if (error.hint !== undefined) process.stderr.write(`      hint   ${error.hint}\n`);
  process.exitCode = 1;
}
