import { expect, test } from '@jest/globals';
import { parseInterface } from '../stats/network-usage.ts';
import { parseStat, treeOf, treeUsages } from './process-table.ts';

const line = (pid: number, name: string, parent: number, ticks: number[], pages: number) =>
  `${String(pid)} (${name}) S ${String(parent)} 1 1 0 -1 4194304 11 0 2 0 ${ticks.join(' ')} 20 0 1 0 12345 999 ${String(pages)} 0 0`;

test('a stat line is read whatever the name holds', () => {
  expect(parseStat(line(7, 'a) b (c', 3, [1, 2, 3, 4], 50))).toEqual({
    pid: 7,
    parent: 3,
    cpuTicks: 10,
    residentPages: 50,
    minorFaults: 11,
    majorFaults: 2,
  });
  expect(parseStat('')).toBeUndefined();
});

const processes = [
  line(1, 'init', 0, [9, 9, 9, 9], 9),
  line(10, 'root', 1, [1, 0, 0, 0], 1),
  line(11, 'child', 10, [2, 0, 0, 0], 2),
  line(12, 'grandchild', 11, [4, 0, 0, 0], 4),
  line(20, 'other', 1, [8, 0, 0, 0], 8),
].map((text) => parseStat(text) ?? fail());
function fail(): never {
  throw new Error('not a stat line');
}

test('a tree’s usage is the sum of the process and all below it', () => {
  const usages = treeUsages(processes, [10, 20, 99]);
  expect(usages.get(10)).toMatchObject({ cpuTicks: 7, residentPages: 7, processes: 3 });
  expect(usages.get(20)).toMatchObject({ cpuTicks: 8, processes: 1 });
  expect(usages.get(99)).toMatchObject({ cpuTicks: 0, processes: 0 });
  expect(treeOf(processes, 11).map(({ pid }) => pid)).toEqual([11, 12]);
});

test('what the node sends, the Pod receives', () => {
  const text =
    'Inter-| Receive\n face |bytes\n  lo: 1 1 0 0 0 0 0 0 1 1 0 0 0 0 0 0\n  v1: 10 1 2 0 0 0 0 0 30 1 4 0 0 0 0 0\n';
  expect(parseInterface(text, 'v1')).toEqual({
    rx_bytes: { value: '30' },
    rx_errors: { value: '4' },
    tx_bytes: { value: '10' },
    tx_errors: { value: '2' },
  });
  expect(parseInterface(text, 'v2')).toBeUndefined();
});
