import js from '@eslint/js';
import boundaries from 'eslint-plugin-boundaries';
import tseslint from 'typescript-eslint';

/**
 * Which packages of this repository each may import. Clients know only their own protocol; only apps wire; nothing imports an app.
 * A folder that is not named may import none.
 */
const mayImport = {
  'packages/environment': [],
  'packages/kustomize': [],
  'packages/overlay': ['@gatefleet/environment', '@gatefleet/kustomize'],
  'packages/lint': [
    '@gatefleet/ca-limits',
    '@gatefleet/environment',
    '@gatefleet/kubernetes-schema',
    '@gatefleet/kustomize',
    '@gatefleet/overlay',
  ],
  'packages/kubernetes-schema': [],
  'packages/overlay-diff': ['@gatefleet/kustomize'],
  'packages/nx-kustomize': [
    '@gatefleet/environment',
    '@gatefleet/kustomize',
    '@gatefleet/lint',
    '@gatefleet/overlay',
    '@gatefleet/overlay-diff',
    'argocd-ts-client',
  ],
  'packages/ca-limits': [],
  'packages/certificate-report': [],
  'packages/certificate-commands': [],
  'packages/certificate-transfer': ['@gatefleet/acme'],
  'packages/consul-kv': [],
  // Its examples import it as its users do.
  'packages/argocd-ts-client': ['argocd-ts-client'],
  'packages/traefik-config': [],
  'packages/process-cri': [],
  'packages/git-remote': [],
  'packages/acme': ['@gatefleet/ca-limits'],
  'packages/dns-challenge': ['@gatefleet/environment'],
  'packages/fault-proxy': ['@gatefleet/acme'],
  'packages/test-programs': ['@gatefleet/certificate-commands', '@gatefleet/toolchain'],
  'packages/local-cluster': ['@gatefleet/process-cri', '@gatefleet/git-remote', '@gatefleet/toolchain'],
  'tools/toolchain': [],
  'tools/supply-chain': ['@gatefleet/local-cluster', '@gatefleet/toolchain'],
  test: ['@gatefleet/*', 'argocd-ts-client'],
  bench: ['@gatefleet/*', 'argocd-ts-client'],
  'apps/*': ['@gatefleet/!(cli|acme-controller|test-programs)', 'argocd-ts-client'],
};

/** What tests and scripts of any folder may import besides: the pinned programs, and what is only for tests. */
const forTests = ['@gatefleet/toolchain', '@gatefleet/test-programs', '@gatefleet/certificate-report'];

const tests = [
  '**/*.test.ts',
  '**/*.real.ts',
  '**/*.e2e.ts',
  '**/*.faults.ts',
  '**/*.contract.ts',
  '**/testing/**/*.ts',
  'test/**/*.ts',
];

/** Where a program begins. Only here are arguments, environment, standard streams and signals read, and the exit code set. */
const beginnings = [
  '**/main.ts',
  'packages/nx-kustomize/src/executors/*.ts',
  '**/scripts/**',
  'tools/bootstrap/**',
  'bench/**',
];

/** Packages that start programs hand their own environment on. */
const startsPrograms = [
  'packages/{git-remote,kustomize,local-cluster,process-cri,test-programs}/**',
  'tools/**',
  'apps/cli/**',
];

const nodeGlobals = Object.fromEntries(
  ['process', 'console', 'URL', 'Buffer', 'setTimeout', 'clearTimeout', 'fetch', 'AbortSignal', 'AbortController'].map(
    (name) => [name, 'readonly'],
  ),
);

const ours = ['@gatefleet/*', 'argocd-ts-client'];

/** The last policy that matches decides. */
const dependencyDirections = {
  default: 'allow',
  checkAllOrigins: true,
  message: '{{from.element.path}} may not import {{dependency.source}}: see mayImport in eslint.config.mjs',
  policies: [
    { disallow: { to: { module: { source: ours } } } },
    ...Object.entries(mayImport)
      .filter(([, sources]) => sources.length > 0)
      .map(([path, source]) => ({ from: { element: { path } }, allow: { to: { module: { source } } } })),
    { from: { file: { categories: 'test' } }, allow: { to: { module: { source: forTests } } } },
  ],
};

const oneDoor = 'A package has one door: import from its name.';

/** @param {string} door - what may follow a package's name. */
const noDeepImports = (door) => ({
  patterns: [
    { regex: `^(@gatefleet/[^/]+|argocd-ts-client)/${door}`, message: oneDoor },
    { regex: '^(\\.\\./)+(packages|apps|tools)/', message: 'Import another package by its name.' },
    { regex: '^(\\.\\./)+[^/]+/src(/|$)', message: 'Import another package by its name.' },
    { regex: '^\\.{1,2}/(?!.*\\.(ts|mjs|json)$)', message: 'Spell the file with its extension.' },
  ],
});

const message = 'Only where a program begins is the process touched: take it as a parameter.';
const touch = (words) => ({
  selector: `MemberExpression[object.name="process"][property.name=/^(${words})$/]`,
  message,
});
const touchingEnvironment = touch('env');
const touchingProcess = [
  touch('argv|exit|exitCode|stdin|stdout|stderr|cwd|chdir|on|once|umask'),
  { selector: 'ImportDeclaration[source.value=/^(node:)?process$/]', message },
];

const typeScriptThatNodeRuns = [
  { selector: 'TSEnumDeclaration', message: 'Node runs erasable syntax only: use a union of literals.' },
  {
    selector: 'TSModuleDeclaration[global!=true][declare!=true]',
    message: 'Node runs erasable syntax only: use a module.',
  },
  { selector: 'TSParameterProperty', message: 'Node runs erasable syntax only: write the field out.' },
  { selector: 'ExportAllDeclaration', message: 'Name what is exported: the list is the review of the interface.' },
];

const looserForTests = {
  '@typescript-eslint/no-floating-promises': [
    'error',
    { allowForKnownSafeCalls: [{ from: 'package', name: ['test', 'describe'], package: '@jest/globals' }] },
  ],
  '@typescript-eslint/no-non-null-assertion': 'off',
  '@typescript-eslint/no-unsafe-argument': 'off',
  '@typescript-eslint/no-unsafe-assignment': 'off',
  '@typescript-eslint/no-unsafe-call': 'off',
  '@typescript-eslint/no-unsafe-member-access': 'off',
  '@typescript-eslint/no-unsafe-return': 'off',
  '@typescript-eslint/restrict-template-expressions': 'off',
  '@typescript-eslint/unbound-method': 'off',
};

export default tseslint.config(
  { ignores: ['**/node_modules/**', '**/generated/**', '**/dist/**', '.nx/**', '.gatefleet/**', '**/*.d.ts'] },
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },
  {
    files: ['**/*.{mjs,js}'],
    extends: [js.configs.recommended],
    languageOptions: { globals: nodeGlobals },
  },
  {
    files: ['**/*.ts'],
    extends: [js.configs.recommended, tseslint.configs.strictTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    plugins: { boundaries },
    settings: {
      'boundaries/elements': [
        { type: 'app', pattern: 'apps/*' },
        { type: 'package', pattern: 'packages/*' },
        { type: 'tool', pattern: 'tools/*' },
        { type: 'test', pattern: 'test' },
        { type: 'bench', pattern: 'bench' },
      ],
      'boundaries/files': [{ category: 'test', pattern: [...tests, '**/scripts/**'] }],
    },
    rules: {
      'boundaries/dependencies': ['error', dependencyDirections],
      'no-restricted-imports': ['error', noDeepImports('')],
      'no-restricted-syntax': ['error', ...typeScriptThatNodeRuns, touchingEnvironment, ...touchingProcess],
      'no-console': 'error',
      eqeqeq: ['error', 'always', { null: 'ignore' }],
      'no-unused-vars': 'off',
      '@typescript-eslint/no-unused-vars': [
        'error',
        { argsIgnorePattern: '^_', varsIgnorePattern: '^_', ignoreRestSiblings: true },
      ],
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'separate-type-imports' }],
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
      // An implementation of an asynchronous interface need not wait for anything.
      '@typescript-eslint/require-await': 'off',
      // `return done()` and `() => emit()` are how early ends and callbacks are written here.
      '@typescript-eslint/no-confusing-void-expression': 'off',
      '@typescript-eslint/no-invalid-void-type': 'off',
      // What comes from JSON or another program is not what its type says.
      '@typescript-eslint/no-unnecessary-condition': 'off',
      '@typescript-eslint/no-unnecessary-type-parameters': 'off',
      // The classes of @kubernetes/client-node describe plain objects.
      '@typescript-eslint/no-unsafe-class-instance-assignment': 'off',
    },
  },
  {
    files: startsPrograms,
    rules: { 'no-restricted-syntax': ['error', ...typeScriptThatNodeRuns, ...touchingProcess] },
  },
  {
    files: tests,
    rules: {
      ...looserForTests,
      'no-restricted-syntax': ['error', ...typeScriptThatNodeRuns],
      // Further doors are for tests: a package's contracts, and fakes that keep to them.
      'no-restricted-imports': ['error', noDeepImports('(?!(testing|contract)$)')],
    },
  },
  {
    files: beginnings,
    rules: { 'no-console': 'off', 'no-restricted-syntax': ['error', ...typeScriptThatNodeRuns] },
  },
  { files: ['bench/**'], rules: { 'no-restricted-imports': ['error', noDeepImports('(?!testing$)')] } },
);
