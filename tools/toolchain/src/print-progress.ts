import type { OnProgress, ToolchainEvent } from './progress.ts';

/** What is needed of a terminal or file: `process.stderr` is one. */
export interface ProgressStream {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

/** Between two plain lines of one tool where the stream is no terminal. */
const plainEveryMs = 10_000;

/**
 * Shows events as one line a tool: rewritten in place on a terminal, else a plain line about every 10 s.
 * Colours only on a terminal, and none when NO_COLOR is set.
 */
export function printProgress(stream: ProgressStream, env: NodeJS.ProcessEnv = process.env): OnProgress {
  const inPlace = stream.isTTY === true;
  const color = inPlace && !env['NO_COLOR'];
  let shown: { name: string; kind: string; at: number } | undefined;
  return (event) => {
    const now = performance.now();
    if (inPlace) {
      const line = describeEvent(event).slice(0, (stream.columns ?? 80) - 1);
      stream.write(`\r\x1b[2K${color ? paint(line, event) : line}${isLast(event) ? '\n' : ''}`);
    } else if (shown?.name !== event.name || shown.kind !== event.kind || now - shown.at >= plainEveryMs) {
      stream.write(`${describeEvent(event)}\n`);
    } else {
      return;
    }
    shown = { name: event.name, kind: event.kind, at: now };
  };
}

/** One event as a line, without colours. */
export function describeEvent(event: ToolchainEvent): string {
  return `${event.name} ${event.version}`.padEnd(24) + describeStep(event);
}

function describeStep(event: ToolchainEvent): string {
  switch (event.kind) {
    case 'waiting':
      return `waiting for process ${event.pid}, which makes it`;
    case 'downloading':
      return `downloading source, ${event.modules} ${event.modules === 1 ? 'module' : 'modules'}`;
    case 'building': {
      const { packagesDone, packagesKnown, leftMs } = event;
      const percent = packagesKnown === 0 ? 100 : Math.floor((packagesDone / packagesKnown) * 100);
      const left = leftMs === undefined ? '' : `, about ${duration(leftMs)} left`;
      return `${packagesDone} of ${packagesKnown} packages (${percent} %)${left}`;
    }
    case 'linking':
      return 'linking';
    case 'built':
      return `built in ${duration(event.elapsedMs)}`;
    case 'ready':
    case 'failed':
      return event.kind;
  }
}

/** After these nothing more comes of the same tool. */
function isLast({ kind }: ToolchainEvent): boolean {
  return kind === 'built' || kind === 'ready' || kind === 'failed';
}

function paint(line: string, event: ToolchainEvent): string {
  const [green, red, dim, reset] = ['\x1b[32m', '\x1b[31m', '\x1b[2m', '\x1b[0m'];
  const color = event.kind === 'failed' ? red : isLast(event) ? green : dim;
  return `${color}${line}${reset}`;
}

function duration(ms: number): string {
  const seconds = Math.max(1, Math.round(ms / 1000));
  return seconds < 60 ? `${seconds} s` : `${Math.floor(seconds / 60)} min ${String(seconds % 60).padStart(2, '0')} s`;
}
