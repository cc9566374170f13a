import { parse } from 'yaml';
import { z } from 'zod';
import { SupplyChainError } from '../errors.ts';

const Waiver = z.strictObject({
  id: z.string().regex(/^(GHSA(-[0-9a-z]{4}){3}|GO-\d{4}-\d{4,})$/, 'the advisory: GHSA-… or GO-…'),
  package: z.string().min(1).describe('As the finding names it.'),
  reason: z.string().min(20, 'say what a stranger needs to judge it, in 20 characters or more'),
  until: z.iso.date('a day, as 2027-03-31').describe('The last day on which it holds.'),
});
export type Waiver = z.infer<typeof Waiver>;

const Waivers = z.strictObject({ waivers: z.array(Waiver) });

/** @param text - of waivers.yaml. @throws {@link SupplyChainError} `WAIVERS_INVALID` with each mistake */
export function parseWaivers(text: string): readonly Waiver[] {
  const { success, data, error } = Waivers.safeParse(parse(text));
  if (success) return data.waivers;
  throw new SupplyChainError('WAIVERS_INVALID', `reading waivers.yaml:\n${z.prettifyError(error)}`);
}
