import { afterAll, beforeAll, jest } from '@jest/globals';
import { ensureTools } from '@gatefleet/toolchain';
import { closedNetwork } from './story/closed-network.ts';
import { closedStore } from './story/closed-store.ts';
import { delivery } from './story/delivery.ts';
import { environments } from './story/environments.ts';
import { faults } from './story/faults.ts';
import { gitPush } from './story/git-push.ts';
import { oneCommand } from './story/one-command.ts';
import { ownKubectl } from './story/own-kubectl.ts';
import { teamIngress } from './story/team-ingress.ts';
import { theEnd } from './story/the-end.ts';
import { usage } from './story/usage.ts';
import { freshClone } from './support/clone.ts';
import { fleetOf } from './support/fleet.ts';
import { run } from './support/shell.ts';
import { minute, type Story } from './support/story.ts';

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

for (const chapter of [
  oneCommand,
  closedStore,
  ownKubectl,
  teamIngress,
  closedNetwork,
  usage,
  gitPush,
  delivery,
  faults,
  environments,
  theEnd,
]) {
  chapter(() => story);
}
