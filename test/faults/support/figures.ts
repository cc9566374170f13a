import { expect } from '@jest/globals';
import { seed } from './form.ts';

/** Says what a test has done, in a line of JSON on standard error: how many hosts, orders, seconds. */
export function tellFigures(figures: Readonly<Record<string, number>>): void {
  const { currentTestName: test } = expect.getState();
  process.stderr.write(`${JSON.stringify({ test, seed, ...figures })}\n`);
}
