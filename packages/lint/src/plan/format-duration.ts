const units = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
  ['second', 1_000],
] as const;

/** `2 days 3 hours`: the two largest units, rounded up. */
export function formatDuration(milliseconds: number): string {
  const largest = units.findIndex(([, size]) => milliseconds >= size);
  if (largest === -1) return 'less than a second';
  const shown = units.slice(largest, largest + 2);
  const smallest = shown.at(-1)?.[1] ?? 1_000;
  let rest = Math.ceil(milliseconds / smallest) * smallest;
  const parts = shown.flatMap(([name, size]) => {
    const count = Math.floor(rest / size);
    rest -= count * size;
    return count === 0 ? [] : [`${count} ${name}${count === 1 ? '' : 's'}`];
  });
  return parts.join(' ');
}
