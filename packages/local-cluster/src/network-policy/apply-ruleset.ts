import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

/** Puts a ruleset in force in this process's network namespace: all of it, or nothing. @throws with what nft(8) said */
export async function applyRuleset(ruleset: string): Promise<void> {
  const running = promisify(execFile)('nft', ['-f', '-']);
  running.child.stdin?.on('error', () => undefined); // nft ends without reading all when there is a mistake
  running.child.stdin?.end(ruleset);
  await running;
}
