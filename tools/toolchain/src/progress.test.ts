import { expect, test } from '@jest/globals';
import { describeEvent, printProgress } from './print-progress.ts';
import { compiledPackage, downloadedModule, timeLeftMs, type ToolchainEvent } from './progress.ts';

test.each([
  { line: 'k8s.io/api/core/v1', name: 'k8s.io/api/core/v1' },
  { line: 'fmt', name: 'fmt' },
  { line: 'vendor/golang.org/x/net/idna', name: 'vendor/golang.org/x/net/idna' },
  { line: 'gopkg.in/yaml.v3', name: 'gopkg.in/yaml.v3' },
  { line: 'go: downloading golang.org/x/net v0.57.0', name: undefined },
  { line: '# example.com/hello', name: undefined },
  { line: './main.go:6:14: undefined: missing', name: undefined },
  { line: '', name: undefined },
])('$line of `go build -v` is the package $name', ({ line, name }) => {
  expect(compiledPackage(line)).toBe(name);
});

test('a line about a download names its module', () => {
  expect(downloadedModule('go: downloading golang.org/x/net v0.57.0')).toBe('golang.org/x/net');
  expect(downloadedModule('go: finding module for package x')).toBeUndefined();
});

test.each([
  { elapsed: 9_000, compiled: 9, remaining: 100, left: undefined },
  { elapsed: 10_000, compiled: 10, remaining: 100, left: 100_000 },
  { elapsed: 60_000, compiled: 120, remaining: 60, left: 30_000 },
])(
  'after $compiled packages in $elapsed ms, $remaining more take $left ms',
  ({ elapsed, compiled, remaining, left }) => {
    expect(timeLeftMs(elapsed, compiled, remaining)).toBe(left);
  },
);

const tool = { name: 'traefik', version: 'v3.6.12' };
const building = (packagesDone: number): ToolchainEvent => ({
  ...tool,
  kind: 'building',
  packagesDone,
  packagesKnown: 1600,
  leftMs: 95_000,
});

test.each<{ event: ToolchainEvent; line: string }>([
  { event: building(400), line: 'traefik v3.6.12         400 of 1600 packages (25 %), about 1 min 35 s left' },
  {
    event: { ...tool, kind: 'waiting', pid: 12 },
    line: 'traefik v3.6.12         waiting for process 12, which makes it',
  },
  { event: { ...tool, kind: 'downloading', modules: 1 }, line: 'traefik v3.6.12         downloading source, 1 module' },
  { event: { ...tool, kind: 'built', elapsedMs: 41_200 }, line: 'traefik v3.6.12         built in 41 s' },
])('$event.kind reads "$line"', ({ event, line }) => {
  expect(describeEvent(event)).toBe(line);
});

function shown(
  stream: { isTTY?: boolean; columns?: number },
  env: NodeJS.ProcessEnv,
  events: ToolchainEvent[],
): string {
  let text = '';
  const show = printProgress({ ...stream, write: (chunk) => (text += chunk) }, env);
  for (const event of events) show(event);
  return text;
}
const events: ToolchainEvent[] = [building(1), building(2), { ...tool, kind: 'built', elapsedMs: 1000 }];

test('on a terminal one line is rewritten, within its width', () => {
  const text = shown({ isTTY: true, columns: 30 }, {}, events);
  expect(text.match(/\n/g)).toHaveLength(1);
  expect(text).toMatch(/\n$/);
  expect(text).toContain('\x1b[32mtraefik v3.6.12         built\x1b[0m');
});

test('NO_COLOR leaves only the rewriting', () => {
  expect(shown({ isTTY: true }, { NO_COLOR: '1' }, events)).not.toContain('\x1b[3');
});

test('a file gets plain lines, and not one a package', () => {
  expect(shown({}, {}, events)).toBe(`${describeEvent(events[0]!)}\n${describeEvent(events[2]!)}\n`);
});
