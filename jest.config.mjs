const transform = { '^.+\\.ts$': ['@swc/jest', { jsc: { parser: { syntax: 'typescript' }, target: 'es2024' } }] };
const common = { testEnvironment: 'node', extensionsToTreatAsEsm: ['.ts'], transform };

/** What takes long is asked for: `E2E_LONG=1 npm test -- --selectProjects e2e`, and `FAULTS_LONG=1` for faults. */
const ignored = (variable) => [
  '/node_modules/',
  ...(process.env[variable] === '1' ? [] : ['\\.long\\.(e2e|faults)\\.ts$']),
];

/**
 * `unit` needs nothing but npm packages; `real` runs the pinned programs; `faults` breaks things under the certificate engine; `e2e` runs
 * the whole of it, as a user would.
 */
export default {
  // Only ends what would never end: how long a thing takes on a busy machine is not what tests are about.
  testTimeout: 60_000,
  // Jest leaves one core to the process that only waits for the others.
  maxWorkers: '100%',
  projects: [
    { ...common, displayName: 'unit', testMatch: ['<rootDir>/{packages,apps,tools}/*/src/**/*.test.ts'] },
    {
      ...common,
      displayName: 'real',
      testMatch: ['<rootDir>/{packages/*/src,apps/*/src,tools/*/src,test}/**/*.real.ts'],
    },
    {
      ...common,
      displayName: 'faults',
      testMatch: ['<rootDir>/test/faults/**/*.faults.ts'],
      testPathIgnorePatterns: ignored('FAULTS_LONG'),
    },
    {
      ...common,
      displayName: 'e2e',
      testMatch: ['<rootDir>/test/**/*.e2e.ts'],
      testPathIgnorePatterns: ignored('E2E_LONG'),
    },
  ],
};
