import type { Verdict } from './judge.ts';

/** What a person reads of a verdict; the last line counts. */
export function verdictText({ open, waived, faults }: Verdict): string {
  const lines = [
    ...open.map(({ id, package: name, title, fixed, where }) =>
      [`open     ${id}  ${name}: ${title}`, ...where.map((place) => `           in ${place}`)]
        .concat(fixed === undefined ? [] : [`           mended in ${fixed}`])
        .join('\n'),
    ),
    ...faults.map(({ waiver, why }) => `waiver   ${waiver.id}  ${waiver.package}: ${why} (until ${waiver.until})`),
    ...waived.map(({ id, package: name, waiver }) => `waived   ${id}  ${name} until ${waiver.until}: ${waiver.reason}`),
    `${open.length} open, ${faults.length} waivers at fault, ${waived.length} waived`,
  ];
  return `${lines.join('\n')}\n`;
}
