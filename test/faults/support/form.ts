/** Whether the long form of each test is asked for: `FAULTS_LONG=1 npm run test:faults`. */
export const isLong = process.env['FAULTS_LONG'] === '1';
/** For another course of events: `FAULTS_SEED=7 npm run test:faults`. */
export const seed = Number(process.env['FAULTS_SEED'] ?? '1');
/** How many certificates the CA wants replaced at once: `FAULTS_REVOKED=10000 npm run test:faults`. */
export const revoked = Number(process.env['FAULTS_REVOKED'] ?? (isLong ? '300' : '12'));
/** How many times faster than in service they are asked about and renewed: `FAULTS_HASTE=1` for the pace of service. */
export const haste = Number(process.env['FAULTS_HASTE'] ?? '60');

export const TEST_TIMEOUT_MS = isLong ? 3_600_000 : 600_000;
/** For what the test waits for: generous, since nothing here is about how fast it comes. */
export const PATIENCE_MS = isLong ? 1_800_000 : 300_000;

/** @returns `<label>0.gatefleet.test` and so on */
export function hostsOf(count: number, label = 'h'): readonly string[] {
  return Array.from({ length: count }, (_, index) => `${label}${index}.gatefleet.test`);
}
