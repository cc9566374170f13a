import { answerOf, commandOf, pageOf, withAnswer, withPage, type TransferPage } from '@gatefleet/certificate-commands';
import { expect, test } from '@jest/globals';
import { CliError } from '../errors.ts';
import { bringCertificates, fetchCertificates } from './transfer.ts';

const signal = new AbortController().signal;

/** A fake: objects in memory, and a controller that answers at once by `answer`. */
class FakeApi {
  readonly objects = new Map<string, { data?: Record<string, string> }>();
  readonly seen: TransferPage[] = [];
  readonly #reply: (after: string | undefined) => TransferPage | undefined;

  constructor(reply: (after: string | undefined) => TransferPage | undefined = () => undefined) {
    this.#reply = reply;
  }

  async create(path: string, body: object): Promise<unknown> {
    const object = body as { metadata: { name?: string }; data: Record<string, string> };
    const name = object.metadata.name ?? 'command-1';
    if (this.objects.has(`${path}/${name}`)) throw new CliError('COMMAND_FAILED', `making ${path}: status 409: x`);
    this.objects.set(`${path}/${name}`, object);
    if (path.endsWith('/configmaps')) this.#obey(object);
    return { ...object, metadata: { name } };
  }

  async read(path: string): Promise<unknown> {
    return this.objects.get(path);
  }

  async remove(path: string): Promise<void> {
    this.objects.delete(path);
  }

  #obey(configMap: { data: Record<string, string> }): void {
    const read = commandOf(configMap);
    const secret = this.objects.get('/api/v1/namespaces/gatefleet/secrets/gatefleet-certificate-transfer');
    if (read.kind === 'invalid' || secret === undefined) throw new Error('nothing to do');
    const page = pageOf(secret);
    if (page !== undefined) this.seen.push(page);
    const after = read.command.command === 'export' ? read.command.after : undefined;
    const answered = this.#reply(after);
    if (answered !== undefined) Object.assign(secret, withPage(answered));
    Object.assign(configMap.data, withAnswer({ kind: 'done', message: read.command.command }).data);
    expect(answerOf(configMap)).toBeDefined();
  }
}

const transferred = (name: string) => {
  const [from, to] = ['2026-01-01T00:00:00.000Z', '2026-04-01T00:00:00.000Z'];
  return { names: [name], chain: 'c', privateKey: 'k', serial: '0a', notBefore: from, notAfter: to, source: 'x' };
};
const record = (id: string) => ({ ...transferred('a.example'), id, ca: 'https://ca.example/dir', epoch: 1 });

test('certificates are brought by a Secret that is gone afterwards', async () => {
  const api = new FakeApi();
  const answers = await bringCertificates(api, [transferred('a.example')], signal);
  expect(answers).toEqual([{ kind: 'done', message: 'import' }]);
  expect(api.seen).toEqual([{ certificates: [transferred('a.example')] }]);
  expect(api.objects.size).toBe(0);
});

test('all pages are fetched, and nothing stays', async () => {
  const api = new FakeApi((after) =>
    after === undefined ? { certificates: [record('a')], next: 'a' } : { certificates: [record('b')] },
  );
  expect((await fetchCertificates(api, signal)).map(({ id }) => id)).toEqual(['a', 'b']);
  expect(api.objects.size).toBe(0);
});

test('another transfer is not disturbed', async () => {
  const api = new FakeApi();
  const path = '/api/v1/namespaces/gatefleet/secrets/gatefleet-certificate-transfer';
  api.objects.set(path, {});
  await expect(fetchCertificates(api, signal)).rejects.toMatchObject({ code: 'TRANSFER_UNDER_WAY' });
  expect(api.objects.has(path)).toBe(true);
});
