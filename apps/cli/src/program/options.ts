import { InvalidArgumentError, Option } from 'commander';

export const output = () =>
  new Option('--output <format>', 'what stdout gets').choices(['human', 'json']).default('human');
export interface OutputOptions {
  readonly output: 'human' | 'json';
}

export const context = () =>
  new Option('--context <name>', 'kubeconfig context of the cluster that Argo CD runs in; the local one when left out');

const seconds = (text: string): number => {
  const count = Number(text);
  if (!Number.isInteger(count) || count < 1) throw new InvalidArgumentError('use a whole number of seconds');
  return count;
};
export const timeout = () =>
  new Option('--timeout <seconds>', 'how long to wait').argParser(seconds).default(600, '600 seconds');
