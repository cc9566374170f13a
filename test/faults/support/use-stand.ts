import { afterEach, jest } from '@jest/globals';
import { seed, TEST_TIMEOUT_MS } from './form.ts';
import { startStand, type Stand, type StandOptions } from './stand.ts';

/** For a file of tests: opens a stand in a test, and closes it after the test, however that ends. */
export function useStand(): (options?: StandOptions) => Promise<Stand> {
  jest.setTimeout(TEST_TIMEOUT_MS);
  let stand: Stand | undefined;
  afterEach(async () => {
    await stand?.[Symbol.asyncDispose]();
    stand = undefined;
  });
  return async (options) => {
    stand = await startStand({ seed, ...options });
    return stand;
  };
}
