const transform = { '^.+\\.ts$': ['@swc/jest', { jsc: { parser: { syntax: 'typescript' }, target: 'es2024' } }] };
const common = { testEnvironment: 'node', extensionsToTreatAsEsm: ['.ts'], transform };

/** The stories that take a machine for half an hour are asked for: `E2E_LONG=1 npm test -- --selectProjects e2e`. */
const isLong = process.env['E2E_LONG'] === '1';

/**
 * `unit` needs nothing but npm packages; `real` runs the pinned programs; `faults` breaks things under the certificate engine; `e2e` runs
 * the whole of it, as a user would.
 */
export default {
  // Only ends what would never end: how long a thing takes on a busy machine is not what tests are about.
  testTimeout: 60_000,
  projects: [
    { ...common, displayName: 'unit', testMatch: ['<rootDir>/{packages,apps,tools}/*/src/**/*.test.ts'] },
    {
      ...common,
      displayName: 'real',
      testMatch: ['<rootDir>/{packages/*/src,apps/*/src,tools/*/src,test}/**/*.real.ts'],
    },
    { ...common, displayName: 'faults', testMatch: ['<rootDir>/test/faults/**/*.faults.ts'] },
    {
      ...common,
      displayName: 'e2e',
      testMatch: ['<rootDir>/test/**/*.e2e.ts'],
      testPathIgnorePatterns: ['/node_modules/', ...(isLong ? [] : ['\\.long\\.e2e\\.ts$'])],
    },
  ],
};
