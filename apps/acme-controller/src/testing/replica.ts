/**
 * One replica as a process of its own, with Ingresses from its environment or from a file that may change, that can be told to die at a
 * checkpoint, to renew faster than in service, and to write down what it would tell Kubernetes. For tests.
 */
import { appendFileSync, readFileSync, watchFile } from 'node:fs';
import { z } from 'zod';
import { ConsulKvStore, caFromFile, tokenFromFile } from '@gatefleet/consul-kv';
import { controller } from '../commands/controller.ts';
import { controllerVariables } from '../config/environment.ts';
import { createLogger } from '../log.ts';
import { FakeInbox, FakeIngresses, FakeTransferBox, ingressFor } from './fake-kubernetes.ts';

const { TEST_INGRESSES, TEST_INGRESSES_FILE, TEST_NOTICES_FILE, TEST_DIE_AT, TEST_HASTE } = z
  .object({
    TEST_INGRESSES: z.string().optional(),
    TEST_INGRESSES_FILE: z.string().optional(),
    TEST_NOTICES_FILE: z.string().optional(),
    TEST_DIE_AT: z.string().optional(),
    TEST_HASTE: z.coerce.number().positive().optional(),
  })
  .parse(process.env);

const Given = z.array(z.object({ name: z.string(), namespace: z.string().optional(), hosts: z.array(z.string()) }));
function readIngresses() {
  const given = Given.parse(JSON.parse(TEST_INGRESSES ?? readFileSync(TEST_INGRESSES_FILE ?? '', 'utf8')));
  return given.map(({ name, namespace = 'shop', hosts }) => ingressFor(hosts, { name, namespace }));
}
const ingresses = new FakeIngresses(readIngresses());
if (TEST_INGRESSES_FILE !== undefined)
  watchFile(TEST_INGRESSES_FILE, { interval: 100 }, () => ingresses.set(readIngresses()));

const variables = controllerVariables(process.env, 'test');
const openStore = (tokenFile: string | undefined) =>
  new ConsulKvStore({
    addresses: variables.GATEFLEET_CONSUL_ADDRESSES,
    ca: caFromFile(variables.GATEFLEET_CONSUL_CA_FILE),
    token: tokenFile === undefined ? undefined : tokenFromFile(tokenFile),
  });
const stop = new AbortController();
process.once('SIGTERM', () => stop.abort());

await controller(variables, {
  store: openStore(variables.GATEFLEET_CONSUL_TOKEN_FILE),
  challenges: openStore(variables.GATEFLEET_CONSUL_RESPONDER_TOKEN_FILE),
  ingresses,
  notices: {
    post(notice) {
      if (TEST_NOTICES_FILE !== undefined) appendFileSync(TEST_NOTICES_FILE, `${JSON.stringify(notice)}\n`);
    },
    show({ name }, status) {
      if (TEST_NOTICES_FILE !== undefined) appendFileSync(TEST_NOTICES_FILE, `${JSON.stringify({ name, status })}\n`);
    },
  },
  inbox: new FakeInbox(),
  box: new FakeTransferBox(),
  listGateways: async () => [
    { pod: 'front', node: undefined, host: '127.0.0.1', port: variables.GATEFLEET_GATEWAY_HTTP_PORT },
  ],
  log: createLogger(variables.LOG_LEVEL),
  host: '127.0.0.1',
  signal: stop.signal,
  haste: TEST_HASTE,
  onCheckpoint: (checkpoint) => {
    if (checkpoint === TEST_DIE_AT) process.kill(process.pid, 'SIGKILL');
    // Nothing may come after the checkpoint: the signal is on its way.
    return checkpoint === TEST_DIE_AT ? new Promise(() => undefined) : undefined;
  },
});
process.exit();
