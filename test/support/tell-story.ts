import { afterAll, beforeAll, jest } from '@jest/globals';
import { ensureTools } from '@gatefleet/toolchain';
import { freshClone } from './clone.ts';
import { fleetOf } from './fleet.ts';
import { run } from './shell.ts';
import { minute, type Story } from './story.ts';

/** For a file of tests: brings a fresh clone up, as a new user does, tells these chapters of it one after the other, and takes it down. */
export function tellStory(chapters: readonly ((story: () => Story) => void)[]): void {
  // Only what would never end is ended by this: how long a thing takes is not what these tests are about.
  jest.setTimeout(5 * minute);

  let clone: Awaited<ReturnType<typeof freshClone>>;
  let story: Story;

  beforeAll(async () => {
    const { kubectl } = await ensureTools(['kubectl']);
    clone = await freshClone();
    const upped = await run('npm', ['run', '--silent', 'up', '--', '--output', 'json'], { cwd: clone.folder });
    if (upped.code !== 0) throw new Error(`npm run up ended with ${String(upped.code)}\n${upped.stderr}`);
    const fleet = fleetOf(clone.folder, kubectl.path);
    story = { clone: clone.folder, fleet, upped, up: JSON.parse(upped.stdout) as Story['up'] };
  }, 20 * minute);

  afterAll(async () => {
    await run('npm', ['run', '--silent', 'down'], { cwd: clone.folder });
    await clone.remove();
  }, 2 * minute);

  for (const chapter of chapters) chapter(() => story);
}
