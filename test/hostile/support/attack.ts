import { exchange, type Outcome } from './exchange.ts';
import type { Kind } from './http-kinds.ts';
import { Random } from './random.ts';

/** How many of each outcome a kind had. */
export interface Tally {
  readonly kind: string;
  readonly count: number;
  readonly outcomes: Readonly<Record<string, number>>;
}

export interface AttackOptions {
  readonly each: number;
  readonly seed: number;
  /** How many are under way at a time, of each kind by its name. Default 12. */
  readonly atOnce?: Readonly<Record<string, number>>;
  /** Sees every outcome, and says what is wrong with it where its status is not. */
  readonly look?: (kind: Kind, outcome: Outcome) => string | undefined;
}

/** Makes the same number of attempts of every kind, all kinds at the same time. @returns tallies, and what was wrong, in words */
export async function attack(
  kinds: readonly Kind[],
  { each, seed, atOnce = {}, look }: AttackOptions,
): Promise<{ readonly tallies: readonly Tally[]; readonly wrong: readonly string[] }> {
  const wrong: string[] = [];
  const run = async (kind: Kind, place: number): Promise<Tally> => {
    const outcomes: Record<string, number> = {};
    const random = new Random(seed * 1_000 + place);
    let begun = 0;
    const line = async () => {
      while (begun < each) {
        begun += 1;
        const id = `h-${seed}-${place}-${begun}`;
        const attempt = kind.attempt(random, id);
        const outcome = await exchange(attempt);
        outcomes[outcome.kind] = (outcomes[outcome.kind] ?? 0) + 1;
        const fault = kind.right.test(outcome.kind) ? look?.(kind, outcome) : `was answered with ${outcome.kind}`;
        if (fault !== undefined) {
          const sent = attempt.send[0]?.toString('latin1').slice(0, 300);
          wrong.push(`${kind.name} ${id} ${fault}: ${JSON.stringify(sent)}`);
        }
      }
    };
    await Promise.all(Array.from({ length: atOnce[kind.name] ?? 12 }, line));
    return { kind: kind.name, count: begun, outcomes };
  };
  return { tallies: await Promise.all(kinds.map(run)), wrong };
}

/** Prints who got what, on standard error. */
export function tellTallies(title: string, tallies: readonly Tally[]): void {
  const rows = tallies.map(({ kind, count, outcomes }) => {
    // Without the names of forms, which kinds of many have before it.
    const short: Record<string, number> = {};
    for (const [outcome, times] of Object.entries(outcomes)) {
      const end = outcome.replace(/^.*: /, '');
      short[end] = (short[end] ?? 0) + times;
    }
    const said = Object.entries(short)
      .sort(([, a], [, b]) => b - a)
      .map(([outcome, times]) => `${times} × ${outcome}`);
    return `  ${kind.padEnd(16)} ${String(count).padStart(6)}  ${said.join(', ')}`;
  });
  process.stderr.write(`${title}\n${rows.join('\n')}\n`);
}
