import { autoscaling } from './story/autoscaling.ts';
import { byHand } from './story/by-hand.ts';
import { consulCertificates } from './story/consul-certificates.ts';
import { namespaceDeleted } from './story/namespace-deleted.ts';
import { rotations } from './story/rotations.ts';
import { tellStory } from './support/tell-story.ts';

tellStory([byHand, rotations(), consulCertificates, namespaceDeleted, autoscaling]);
