import { closedNetwork } from './story/closed-network.ts';
import { closedStore } from './story/closed-store.ts';
import { delivery } from './story/delivery.ts';
import { environments } from './story/environments.ts';
import { faults } from './story/faults.ts';
import { gitPush } from './story/git-push.ts';
import { keptSecrets } from './story/kept-secrets.ts';
import { oneCommand } from './story/one-command.ts';
import { ownKubectl } from './story/own-kubectl.ts';
import { recovery } from './story/recovery.ts';
import { rotations } from './story/rotations.ts';
import { runbooks } from './story/runbooks.ts';
import { teamAccount } from './story/team-account.ts';
import { teamIngress } from './story/team-ingress.ts';
import { theEnd } from './story/the-end.ts';
import { usage } from './story/usage.ts';
import { tellStory } from './support/tell-story.ts';

tellStory([
  oneCommand,
  closedStore,
  ownKubectl,
  teamIngress,
  closedNetwork,
  teamAccount,
  usage,
  gitPush,
  delivery,
  rotations('leader', 'responder', 'traefik'),
  faults,
  environments,
  runbooks,
  keptSecrets,
  recovery,
  theEnd,
]);
