const unitSeconds: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3_600, d: 86_400 };

/** @param duration - as environment.yaml has it: `30s`, `5m`, `12h` or `30d`. @returns NaN for anything else */
export function seconds(duration: string): number {
  return Number(duration.slice(0, -1)) * (unitSeconds[duration.slice(-1)] ?? Number.NaN);
}
