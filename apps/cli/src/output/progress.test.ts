import { expect, test } from '@jest/globals';
import { createProgress } from './progress.ts';

const collect = (isTTY: boolean) => {
  const written: string[] = [];
  return { isTTY, columns: 40, write: (text: string) => written.push(text), text: () => written.join('') };
};
const withoutTimes = (text: string) => text.replaceAll(/\d+\.\d s/g, 'N s');

test('in a log, each beginning and end is a line, without colour', async () => {
  const stream = collect(false);
  await createProgress(stream, false).step('cluster', (say) => {
    say('3 of 5');
    return Promise.resolve();
  });
  expect(withoutTimes(stream.text())).toBe('…    cluster\nok   cluster  N s\n');
});

test('on a terminal, what runs is one line that is rewritten and never wider than it', async () => {
  const stream = collect(true);
  await createProgress(stream, false).step('cluster', (say) => {
    say('a detail that is much longer than this terminal is wide');
    return Promise.resolve();
  });
  const drawn = stream.text().split('\r\u001B[2K');
  expect(drawn.every((line) => line.trimEnd().length < 40)).toBe(true);
  expect(withoutTimes(drawn.at(-1) ?? '')).toBe('ok   cluster  N s\n');
});

test('a step that fails says so with what it was about, and fails', async () => {
  const stream = collect(false);
  const step = createProgress(stream, false).step('cluster', (say) => {
    say('waiting for etcd');
    return Promise.reject(new Error('no'));
  });
  await expect(step).rejects.toThrow('no');
  expect(withoutTimes(stream.text())).toContain('fail cluster (waiting for etcd)  N s\n');
});

test('colours are only there where they are asked for', async () => {
  const stream = collect(true);
  await createProgress(stream, true).step('cluster', () => Promise.resolve());
  expect(stream.text()).toContain('\u001B[32mok\u001B[39m');
});
