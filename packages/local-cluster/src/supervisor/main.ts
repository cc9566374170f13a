import { access, mkdir, readFile } from 'node:fs/promises';
import { Server } from 'node:net';
import { layoutOf } from '../layout.ts';
import { SupervisorSpec, type HostListener, type SupervisorMessage } from './spec.ts';
import { supervise } from './supervise.ts';

const [file] = process.argv.slice(2);
if (file === undefined) throw new Error('usage: main.ts SPEC-FILE');
const spec = SupervisorSpec.parse(JSON.parse(await readFile(file, 'utf8')));
await mkdir(spec.root, { recursive: true, mode: 0o700 });

const stop = new AbortController();
const listeners = new Map<HostListener, Server>();
const handedOver = Promise.withResolvers<void>();
let launched = false;

const tell = (message: SupervisorMessage): void => {
  if (process.connected) process.send?.(message);
};
process.on('message', (message: { kind: 'listener'; name: HostListener } | { kind: 'complete' }, handle: unknown) => {
  if (message.kind === 'complete') handedOver.resolve();
  else if (handle instanceof Server) listeners.set(message.name, handle);
});
process.on('disconnect', () => {
  // A launcher that goes away before the cluster is up has been broken off.
  if (!launched) stop.abort();
});
for (const name of ['SIGTERM', 'SIGINT'] as const)
  process.on(name, () => {
    stop.abort();
  });

try {
  tell({ kind: 'listening' });
  await Promise.race([handedOver.promise, aborted(stop.signal)]);
  await supervise(spec, listeners, tell, stop.signal);
  launched = true;
  tell({ kind: 'ready' });
  endWithFolder();
  await aborted(stop.signal);
} catch (error) {
  const { code = 'SUPERVISOR_FAILED', hint } = error as { code?: string; hint?: string };
  const message = error instanceof Error ? error.message : String(error);
  tell({ kind: 'failed', code, message, ...(hint === undefined ? {} : { hint }) });
  process.stderr.write(`${code}: ${message}\n`);
  process.exitCode = stop.signal.aborted ? 0 : 1;
}
// Nothing in here is worth an orderly end: with this process the kernel ends all others in its namespace at once.
process.exit();

/** Without its note nobody can find the cluster to end it, so it ends itself when a user removes the folder. */
function endWithFolder(): void {
  const timer = setInterval(() => {
    access(layoutOf(spec.root).state).catch(() => {
      stop.abort();
    });
  }, 2_000);
  timer.unref();
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener(
      'abort',
      () => {
        resolve();
      },
      { once: true },
    );
  });
}
