import { readFileSync } from 'node:fs';
import process from 'node:process';
import { parseArgs } from 'node:util';
import { pino } from 'pino';
import { z } from 'zod';
import { RuntimeConfig } from './config.ts';
import { imageService } from './cri/image-service.ts';
import { runtimeService } from './cri/runtime-service.ts';
import { CriServer } from './cri/server.ts';
import { CriError } from './errors.ts';
import { openRuntime } from './runtime.ts';

const usage = 'usage: node main.ts --config FILE';

function readConfig(): RuntimeConfig {
  const { values } = parseArgs({ options: { config: { type: 'string' } } });
  if (values.config === undefined) throw new Error(usage);
  const parsed = RuntimeConfig.safeParse(JSON.parse(readFileSync(values.config, 'utf8')));
  if (!parsed.success) throw new Error(`${values.config}: ${z.prettifyError(parsed.error)}`);
  return parsed.data;
}

async function main(): Promise<void> {
  process.umask(0o022);
  const config = readConfig();
  const log = pino({ level: config.logLevel, base: null }, pino.destination({ dest: 2, sync: true }));
  const runtime = await openRuntime(config, log);
  const services = { RuntimeService: runtimeService(runtime), ImageService: imageService(runtime) };
  const server = new CriServer(config.apiProto, services, log);
  await server.listen(config.socket);
  log.info(
    { socket: config.socket, podCidr: config.podCidr, images: runtime.catalogue.list().length },
    'process-cri is ready',
  );
  const stop = () => {
    server.close();
    runtime.close();
    process.exit(0);
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
}

main().catch((error: unknown) => {
  const hint = error instanceof CriError && error.hint !== undefined ? ` (${error.hint})` : '';
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}${hint}\n`);
  process.exitCode = error instanceof Error && error.message === usage ? 2 : 1;
});
