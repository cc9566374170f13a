import { describe, expect, test } from '@jest/globals';
import { Base } from './base.ts';
import type { Manifest, Value } from './manifest.ts';
import type { Step } from './patch.ts';
import { resolvePatch } from './resolve-patch.ts';

const deployment: Manifest = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'web' },
  spec: {
    containers: [
      { name: 'log', args: ['--level=INFO'] },
      { name: 'main', args: ['--a=1', '--level=INFO'] },
    ],
  },
};
const daemonset: Manifest = { kind: 'DaemonSet', metadata: { name: 'web' }, spec: { replicas: null, strategy: {} } };
const base = new Base(
  [{ object: deployment, file: 'base/web/deployment.yaml' }],
  new Map([
    [
      'daemonset',
      {
        resources: [],
        patches: [
          { file: 'base/components/daemonset/p.yaml', target: { kind: 'Deployment', name: 'web' }, content: daemonset },
        ],
      },
    ],
  ]),
);

const args: readonly Step[] = ['spec', 'containers', { item: ['name'], is: 'main' }, 'args'];
const json = (path: readonly Step[], value: Value) =>
  resolvePatch(
    {
      kind: 'json',
      fields: [],
      purpose: 'logs',
      target: { group: 'apps', kind: 'Deployment', name: 'web' },
      values: [{ path, value }],
    },
    base,
  );

describe('a JSON patch', () => {
  test.each<{ given: string; path: readonly Step[]; value: Value; then: readonly Manifest[] | undefined }>([
    {
      given: 'an argument with another value',
      path: [...args, { argument: '--level' }],
      value: '--level=DEBUG',
      then: [
        { op: 'test', path: '/spec/containers/1/name', value: 'main' },
        { op: 'test', path: '/spec/containers/1/args/1', value: '--level=INFO' },
        { op: 'replace', path: '/spec/containers/1/args/1', value: '--level=DEBUG' },
      ],
    },
    { given: 'an argument as it is', path: [...args, { argument: '--a' }], value: '--a=1', then: undefined },
    {
      given: 'an argument to add',
      path: [...args, '-'],
      value: '--b=2',
      then: [
        { op: 'test', path: '/spec/containers/1/name', value: 'main' },
        { op: 'add', path: '/spec/containers/1/args/-', value: '--b=2' },
      ],
    },
    { given: 'an argument to add that is there', path: [...args, '-'], value: '--a=1', then: undefined },
    {
      given: 'a field that is not there, with a slash in its name',
      path: ['metadata', 'a/b'],
      value: 1,
      then: [{ op: 'add', path: '/metadata/a~1b', value: 1 }],
    },
  ])('given $given', ({ path, value, then }) => {
    expect(json(path, value)?.content).toEqual(then);
  });

  test.each<{ given: string; path: readonly Step[]; value: Value; says: string }>([
    {
      given: 'a container',
      path: ['spec', 'containers', { item: ['name'], is: 'gone' }],
      value: 1,
      says: 'there is no item with name "gone" at /spec/containers in base/web/deployment.yaml',
    },
    {
      given: 'an argument',
      path: [...args, { argument: '--gone' }],
      value: '--gone=1',
      says: 'there is no argument --gone at /spec/containers/1/args in base/web/deployment.yaml',
    },
    {
      given: 'a list',
      path: ['spec', 'gone', '-'],
      value: '1',
      says: 'there is no list at /spec/gone in base/web/deployment.yaml',
    },
  ])('given $given that is not there, fails and names it', ({ path, value, says }) => {
    expect(() => json(path, value)).toThrow(`planning the logs of Deployment web: ${says}`);
  });

  test('does not add an argument that is there with another value', () => {
    expect(() => json([...args, '-'], '--a=2')).toThrow('/spec/containers/1/args has "--a=1" already');
  });
});

describe('a merge patch', () => {
  const merge = (kind: string, spec: Manifest, on: Base) =>
    resolvePatch(
      {
        kind: 'merge',
        fields: ['spec.x'],
        purpose: 'x',
        wanted: { apiVersion: 'apps/v1', kind, metadata: { name: 'web' }, spec },
      },
      on,
    );

  test('names the container and the file that lack each other', () => {
    expect(() => merge('Deployment', { containers: [{ name: 'gone' }] }, base)).toThrow(
      'planning the x of Deployment web: there is no item with name "gone" at /spec/containers in base/web/deployment.yaml',
    );
  });

  test('finds an object of another kind once a Component has made it so, by its target', () => {
    expect(() => merge('DaemonSet', { x: 1 }, base)).toThrow('planning a patch of DaemonSet web');
    expect(merge('DaemonSet', { x: 1 }, base.with(['daemonset']))).toEqual({
      path: 'patches/web-x.yaml',
      fields: ['spec.x'],
      content: { apiVersion: 'apps/v1', kind: 'DaemonSet', metadata: { name: 'web' }, spec: { x: 1 } },
      entry: { path: 'patches/web-x.yaml', target: { group: 'apps', kind: 'DaemonSet', name: 'web' } },
    });
    expect(() => merge('Deployment', { x: 1 }, base.with(['daemonset']))).toThrow('no such object');
  });

  test('gives another name', () => {
    const wanted = { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'web' } };
    expect(resolvePatch({ kind: 'merge', fields: [], purpose: 'name', wanted, rename: 'edge' }, base)).toMatchObject({
      content: { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'edge' } },
      entry: {
        target: { group: 'apps', kind: 'Deployment', name: 'web' },
        options: { allowNameChange: true },
      },
    });
  });

  test('given a Component that is not there, fails', () => {
    expect(() => base.with(['gone'])).toThrow('base/components/gone is not there');
  });
});
