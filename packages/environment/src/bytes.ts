const unitBytes: Readonly<Record<string, number>> = {
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
};

/** @param size - as environment.yaml has it: `512Mi` or `10G`. @returns NaN for anything else */
export function bytes(size: string): number {
  const { number, unit = '' } = /^(?<number>\d+)(?<unit>[A-Za-z]+)$/.exec(size)?.groups ?? {};
  return Number(number) * (unitBytes[unit] ?? Number.NaN);
}
