import { constants } from 'node:os';

const FIRST_REALTIME = 34;
const LAST_REALTIME = 64;

/** Number of a signal as the CRI names it: `SIGTERM`, `SIGRTMINPLUS2`; the default is SIGTERM. */
export function stopSignalNumber(name: string): number {
  const [, end, sign, offset = '0'] = /^SIGRT(MIN|MAX)(?:(PLUS|MINUS)(\d+))?$/.exec(name) ?? [];
  if (end !== undefined)
    return (end === 'MIN' ? FIRST_REALTIME : LAST_REALTIME) + (sign === 'MINUS' ? -1 : 1) * Number(offset);
  const known: Readonly<Record<string, number>> = constants.signals;
  return known[name] ?? constants.signals.SIGTERM;
}
