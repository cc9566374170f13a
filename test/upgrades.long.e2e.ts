import { upgrades } from './story/upgrades.ts';
import { tellStory } from './support/tell-story.ts';

tellStory([upgrades]);
