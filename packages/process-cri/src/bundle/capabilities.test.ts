import { expect, test } from '@jest/globals';
import { capabilitiesOfMask, capabilityNames, planCapabilities } from './capabilities.ts';

const all = new Set<string>(capabilityNames);
const asked = (add: string[], drop: string[]) => ({
  add_capabilities: add,
  drop_capabilities: drop,
  add_ambient_capabilities: [],
});

test.each([
  { add: [], drop: ['ALL'], then: [] },
  { add: ['NET_BIND_SERVICE'], drop: ['ALL'], then: ['CAP_NET_BIND_SERVICE'] },
  { add: ['cap_kill'], drop: ['all'], then: ['CAP_KILL'] },
])('add $add and drop $drop leave $then', ({ add, drop, then }) => {
  expect(planCapabilities(asked(add, drop), all).bounding).toEqual(then);
});

test('add ALL and drop one leave all but that one', () => {
  const { effective } = planCapabilities(asked(['ALL'], ['SYS_ADMIN']), all);
  expect(capabilityNames.filter((name) => !effective.includes(name))).toEqual(['CAP_SYS_ADMIN']);
});

test('a default that the runtime does not hold is left out, one asked for by name is an error', () => {
  const held = capabilitiesOfMask('1'); // CAP_CHOWN alone
  expect(planCapabilities(null, held).permitted).toEqual(['CAP_CHOWN']);
  expect(() => planCapabilities(asked(['KILL'], []), held)).toThrow('CAP_KILL');
  expect(() => planCapabilities(asked(['FLY'], []), all)).toThrow('FLY is not a capability');
});

test('an ambient capability is inheritable too', () => {
  const plan = planCapabilities({ ...asked([], ['ALL']), add_ambient_capabilities: ['KILL'] }, all);
  expect(plan).toMatchObject({ ambient: ['CAP_KILL'], inheritable: ['CAP_KILL'], bounding: ['CAP_KILL'] });
});
