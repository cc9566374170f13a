import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { parseChoices, STATUS_ANNOTATION } from './choices.ts';

const none = { isOff: false, profile: undefined, names: 'together' };

test.each<{ given: string; annotations: Record<string, string>; choices?: object; fault?: string }>([
  { given: 'nothing', annotations: {} },
  { given: 'off', annotations: { 'gatefleet.dev/certificate': 'off' }, choices: { isOff: true } },
  { given: 'on', annotations: { 'gatefleet.dev/certificate': 'on' } },
  { given: 'a profile', annotations: { 'gatefleet.dev/profile': 'shortlived' }, choices: { profile: 'shortlived' } },
  { given: 'names apart', annotations: { 'gatefleet.dev/names': 'apart' }, choices: { names: 'apart' } },
  { given: 'what belongs to others', annotations: { 'traefik.ingress.kubernetes.io/router.priority': '1' } },
  { given: 'what the controller wrote', annotations: { [STATUS_ANNOTATION]: 'a.example.com: valid' } },
  {
    given: 'a word that is neither',
    annotations: { 'gatefleet.dev/certificate': 'Off' },
    fault: 'The annotation gatefleet.dev/certificate must be "on" or "off", not "Off": it is passed over.',
  },
  {
    given: 'no profile at all',
    annotations: { 'gatefleet.dev/profile': '' },
    fault: 'must be the CA’s name of a profile: at most 64 lower-case letters, digits and dashes, not ""',
  },
  {
    given: 'a value with a line break',
    annotations: { 'gatefleet.dev/names': 'together\n' },
    fault: 'not "together\\n"',
  },
  {
    given: 'a name that is misspelled',
    annotations: { 'gatefleet.dev/profil': 'shortlived' },
    fault:
      'The annotation gatefleet.dev/profil means nothing here: there are gatefleet.dev/certificate, gatefleet.dev/profile, gatefleet.dev/names.',
  },
  {
    given: 'a name that every object has',
    annotations: { 'gatefleet.dev/constructor': 'x' },
    fault: 'means nothing here',
  },
])('given $given', ({ annotations, choices = {}, fault }) => {
  const parsed = parseChoices(annotations);
  expect(parsed.choices).toEqual({ ...none, ...choices });
  expect(parsed.faults).toEqual(fault === undefined ? [] : [expect.stringContaining(fault)]);
});

test('whatever a value is, a choice is good or told of', () => {
  const name = fc.constantFrom('certificate', 'profile', 'names');
  fc.assert(
    fc.property(name, fc.string(), (key, value) => {
      const { choices, faults } = parseChoices({ [`gatefleet.dev/${key}`]: value });
      expect(choices.profile ?? 'none').toMatch(/^[a-z0-9-]{1,64}$/);
      const isChosen = value === 'on' || choices.names === value || choices.profile === value || choices.isOff;
      expect(faults).toHaveLength(isChosen ? 0 : 1);
      for (const fault of faults) expect(fault).not.toMatch(/\n/);
    }),
  );
});
