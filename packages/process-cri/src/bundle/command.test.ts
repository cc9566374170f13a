import { expect, test } from '@jest/globals';
import { planArgs, planEnv } from './command.ts';

const image = { entrypoint: ['/entry', '--image'], cmd: ['serve'] };

test.each([
  { command: [], args: [], then: ['/entry', '--image', 'serve'] },
  { command: [], args: ['one'], then: ['/entry', '--image', 'one'] },
  { command: ['/own'], args: [], then: ['/own'] },
  { command: ['/own'], args: ['one', 'two'], then: ['/own', 'one', 'two'] },
])('command $command and args $args run $then', ({ command, args, then }) => {
  expect(planArgs({ command, args }, image)).toEqual(then);
});

test('an image that names no program needs a command', () => {
  expect(() => planArgs({ command: [], args: [] }, { entrypoint: [], cmd: [] })).toThrow(
    'neither the Pod nor the image',
  );
});

test('the Pod’s variables win over the image’s, and those over the basics', () => {
  const envs = [{ key: 'A', value: Buffer.from('pod') }];
  const env = planEnv(envs, { A: 'image', PATH: '/image' }, { hostname: 'h', tty: true });
  expect(env).toEqual(['PATH=/image', 'HOSTNAME=h', 'TERM=xterm', 'A=pod']);
});
