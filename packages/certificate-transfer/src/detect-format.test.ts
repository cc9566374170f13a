import { gzipSync } from 'node:zlib';
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { detectFormat } from './detect-format.ts';
import { TransferError } from './errors.ts';
import { readCertificates } from './read-certificates.ts';
import { now } from './testing/test-authority.ts';

test.each<[string, string | Buffer]>([
  ['an empty file', ''],
  ['a text', 'hello'],
  ['a PEM file', '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n'],
  ['an empty object', '{}'],
  ['an object of other things', '{"http":{"routers":{}}}'],
  ['a resolver among other things', '{"le":{"Account":null,"Certificates":null},"version":2}'],
  ['a list', '[]'],
  ['JSON that is cut off', '{"le":{"Account":null,'],
  ['a YAML stream without a Secret', 'kind: ConfigMap\n---\nkind: Service\n'],
  ['YAML that grows without end', `kind: Secret\na: &a [x,x]\n${aliases(30)}`],
  ['JSON nested very deep', '['.repeat(100_000)],
  ['YAML nested very deep', `{a: ${'['.repeat(20_000)}`],
  ['bytes that are no text', Buffer.from([0xff, 0xfe, 0x00])],
  ['gzip of something else', gzipSync('{}')],
])('%s is of no known format', (_, file) => {
  expect(() => detectFormat(Buffer.from(file), 'x.json')).toThrow(
    expect.objectContaining({
      code: 'UNKNOWN_FORMAT',
      message: expect.stringContaining('x.json'),
      hint: expect.stringMatching(/backup.*acme\.json.*traefik\/acme\/account\/object.*kubernetes\.io\/tls/s),
    }),
  );
});

test.each<[string, Buffer]>([
  ['cut off', gzipSync('{"DomainsCertificate":{}}').subarray(0, -9)],
  ['damaged', gzipSync('{"DomainsCertificate":{}}').fill(0, 12, 16)],
  ['packed without end', gzipSync(Buffer.alloc(65 * 1024 * 1024))],
])('gzip that is %s is broken, and the hint says how to get it anew', (_, file) => {
  expect(() => detectFormat(file, 'x')).toThrow(
    expect.objectContaining({ code: 'INPUT_BROKEN', hint: expect.stringContaining('consul kv get') }),
  );
});

/** Keys that our readers ask for, with any values: these come further than JSON of anything. */
const keys = fc.constantFrom(
  ...['Account', 'Certificates', 'Certificate', 'Key', 'Domain', 'domain', 'main', 'sans', 'Main', 'SANs', 'le'],
  ...['certificate', 'key', 'DomainsCertificate', 'Certs', 'Domains', 'PrivateKey', '__proto__', 'toString'],
  ...['kind', 'type', 'items', 'metadata', 'name', 'namespace', 'annotations', 'data', 'tls.crt', 'tls.key'],
);
const leaves = fc.oneof(
  ...[
    fc.string(),
    fc.double(),
    fc.boolean(),
    fc.constant(null),
    fc.constantFrom('Secret', 'List', 'kubernetes.io/tls'),
  ],
  fc.constantFrom('-----BEGIN CERTIFICATE-----', '-----BEGIN PRIVATE KEY-----').map((text) => btoa(text)),
);
const { document } = fc.letrec((tie) => ({
  document: fc.oneof(
    { maxDepth: 6, withCrossShrink: true },
    leaves,
    fc.array(tie('document'), { maxLength: 3 }),
    fc.array(fc.tuple(keys, tie('document')), { maxLength: 5 }).map((pairs) => Object.fromEntries(pairs) as unknown),
  ),
}));

test('JSON of anything, and bytes of anything, are read or thrown at as TransferError', () => {
  const json = document.map((value) => Buffer.from(JSON.stringify(value)));
  const files = fc.oneof(
    ...[json, json.map((bytes) => gzipSync(bytes)), json.map((bytes) => Buffer.from(bytes.toString('base64')))],
    json.chain((bytes) => fc.nat(bytes.length).map((length) => bytes.subarray(0, length))),
    fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)),
  );
  fc.assert(
    fc.property(files, (file) => {
      const outcome = outcomeOf(() => readCertificates(file, { fileName: 'x', now, passphrase: 'p' }));
      expect(outcome instanceof TransferError || outcome === undefined).toBe(true);
    }),
    { numRuns: 2000 },
  );
});

function outcomeOf(act: () => unknown): unknown {
  try {
    act();
    return undefined;
  } catch (error) {
    return error;
  }
}

/** Each line doubles what the line before holds. */
function aliases(count: number): string {
  return Array.from({ length: count }, (_, at) => `k${at}: &k${at} [*${at === 0 ? 'a' : `k${at - 1}`}, *a]\n`).join('');
}
