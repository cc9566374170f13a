/** What a team may choose for the certificates of an Ingress, by annotations on it. */
export interface Choices {
  /** Whether anything is issued for it. */
  readonly isOff: boolean;
  /** The CA's name for a kind of certificate; the environment's choice where undefined. */
  readonly profile: string | undefined;
  /** One certificate for all hosts of the Ingress, or one for each. */
  readonly names: 'together' | 'apart';
}

export const ANNOTATION_PREFIX = 'gatefleet.dev/';
/** Written by the controller itself: how the certificates of an Ingress are. */
export const STATUS_ANNOTATION = `${ANNOTATION_PREFIX}certificate-status`;

/** What stands in for a value that is left out or wrong: a typing error must take nothing from anybody. */
const otherwise: Choices = { isOff: false, profile: undefined, names: 'together' };

interface Known {
  /** Completes "… must be". */
  readonly takes: string;
  /** Undefined for a bad value. */
  readonly read: (value: string) => Partial<Choices> | undefined;
}

const known: Readonly<Record<string, Known>> = {
  certificate: {
    takes: '"on" or "off"',
    read: (value) => (value === 'on' || value === 'off' ? { isOff: value === 'off' } : undefined),
  },
  profile: {
    takes: 'the CA’s name of a profile: at most 64 lower-case letters, digits and dashes',
    read: (value) => (/^[a-z0-9-]{1,64}$/.test(value) ? { profile: value } : undefined),
  },
  names: {
    takes: '"together" or "apart"',
    read: (value) => (value === 'together' || value === 'apart' ? { names: value } : undefined),
  },
};

/** @returns what is chosen, and for each annotation of ours that cannot be heeded why, as a whole sentence */
export function parseChoices(annotations: Readonly<Record<string, string>>): {
  readonly choices: Choices;
  readonly faults: readonly string[];
} {
  let choices = otherwise;
  const faults: string[] = [];
  for (const [key, value] of Object.entries(annotations)) {
    if (!key.startsWith(ANNOTATION_PREFIX) || key === STATUS_ANNOTATION) continue;
    const name = key.slice(ANNOTATION_PREFIX.length);
    const annotation = Object.hasOwn(known, name) ? known[name] : undefined;
    if (annotation === undefined) {
      const names = Object.keys(known).map((each) => ANNOTATION_PREFIX + each);
      faults.push(`The annotation ${key} means nothing here: there are ${names.join(', ')}.`);
      continue;
    }
    const chosen = annotation.read(value);
    if (chosen !== undefined) choices = { ...choices, ...chosen };
    else faults.push(`The annotation ${key} must be ${annotation.takes}, not ${shown(value)}: it is passed over.`);
  }
  return { choices, faults };
}

/** What may be hostile is cut, and escaped as JSON does it; beyond that whatever cannot be seen, or turns the line around. */
export function shown(text: string): string {
  const escaped = JSON.stringify(text.slice(0, 80)).replaceAll(/[\p{C}\p{Zl}\p{Zp}]/gu, (letter) => {
    return `\\u{${(letter.codePointAt(0) ?? 0).toString(16)}}`;
  });
  return escaped + (text.length > 80 ? '…' : '');
}
