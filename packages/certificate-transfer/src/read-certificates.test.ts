import { beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { detectFormat } from './detect-format.ts';
import { TransferError } from './errors.ts';
import { writeBackup } from './formats/backup.ts';
import { readCertificates } from './read-certificates.ts';
import {
  secret,
  secretListYaml,
  secretYaml,
  traefik1Account,
  traefik1AcmeJson,
  traefik1StoreValue,
  traefikAcmeJson,
  type Entry,
} from './testing/foreign-files.ts';
import { recordOf } from './testing/record-of.ts';
import {
  createTestAuthority,
  now,
  validFrom,
  validUntil,
  type Issued,
  type TestAuthority,
} from './testing/test-authority.ts';

const names = ['a.example.org', 'b.example.org'];
const passphrase = 'correct horse battery staple';
const cost = { N: 2, r: 1, p: 1 };
let authority: TestAuthority;
let issued: Issued;
let entry: Entry;

beforeAll(async () => {
  authority = await createTestAuthority();
  issued = await authority.issue(names);
  entry = { names, chain: issued.chain, privateKey: issued.traditional };
});

const read = (file: string | Buffer) => readCertificates(Buffer.from(file), { fileName: 'file', now, passphrase });

const bare = (value: object) => ({ ...value, type: 'Opaque' });

describe('each format gives the same certificate', () => {
  test.each<[string, string, () => string | Buffer, string]>([
    ['our backup', 'gatefleet-backup', () => backupOf(issued), 'certificates[0]'],
    [
      'acme.json of Traefik 2 and 3',
      'traefik-acme-json',
      () => traefikAcmeJson({ empty: null, le: [entry] }),
      'le.Certificates[0]',
    ],
    ['acme.json of Traefik 1.7', 'traefik-1-acme-json', () => traefik1AcmeJson([entry]), 'Certificates[0]'],
    ['acme.json of Traefik 1.5', 'traefik-1-account', () => traefik1Account([entry]), 'DomainsCertificate.Certs[0]'],
    [
      'the value in a Traefik 1 cluster’s store',
      'traefik-1-account',
      () => traefik1StoreValue([entry]),
      'DomainsCertificate.Certs[0]',
    ],
    [
      'that value as consul kv get prints it',
      'traefik-1-account',
      () => Buffer.concat([traefik1StoreValue([entry]), Buffer.from('\n')]),
      'DomainsCertificate.Certs[0]',
    ],
    [
      'that value in base64',
      'traefik-1-account',
      () => `${traefik1StoreValue([entry]).toString('base64')}\n`,
      'DomainsCertificate.Certs[0]',
    ],
    [
      'that JSON in base64, as older clusters have it',
      'traefik-1-account',
      () => Buffer.from(traefik1Account([entry])).toString('base64'),
      'DomainsCertificate.Certs[0]',
    ],
    ['a Secret in YAML', 'kubernetes-secrets', () => secretYaml('shop', entry), 'Secret web/shop'],
    [
      'a YAML stream with other objects',
      'kubernetes-secrets',
      () => `---\nkind: ConfigMap\n---\n${secretYaml('shop', entry)}---\n`,
      'Secret web/shop',
    ],
    ['a List in YAML', 'kubernetes-secrets', () => secretListYaml([secretYaml('shop', entry)]), 'Secret web/shop'],
    ['a Secret in JSON', 'kubernetes-secrets', () => JSON.stringify(secret('shop', entry)), 'Secret web/shop'],
    [
      'a List in JSON, with a Secret of another type',
      'kubernetes-secrets',
      () => JSON.stringify({ kind: 'List', items: [bare(secret('other', entry)), secret('shop', entry)] }),
      'Secret web/shop',
    ],
    [
      'Secrets in JSON one after another',
      'kubernetes-secrets',
      () =>
        `${JSON.stringify(bare(secret('a "brace" {', entry)), null, 2)}\n${JSON.stringify(secret('shop', entry))}\n`,
      'Secret web/shop',
    ],
  ])('%s', (_, format, file, source) => {
    expect(detectFormat(Buffer.from(file()), 'file')).toBe(format);
    expect(read(file())).toEqual({
      certificates: [
        {
          ...{ names, source, chain: issued.chain, privateKey: issued.pkcs8, serial: '0a1b2c' },
          notBefore: validFrom.toISOString(),
          notAfter: validUntil.toISOString(),
          ...(format === 'gatefleet-backup' && { fromBackup: { ca: 'https://ca.example.org/directory' } }),
        },
      ],
      refused: [],
      duplicates: [],
    });
  });

  test.each<[string, () => string]>([
    ['Traefik 2 without certificates', () => traefikAcmeJson({ le: null })],
    ['Traefik 1.7 without certificates', () => traefik1AcmeJson(null)],
    ['a cluster without certificates', () => traefik1Account(null)],
    ['an empty List', () => '{"apiVersion":"v1","items":[],"kind":"List"}'],
  ])('%s has none, and is none the worse', (_, file) => {
    expect(read(file())).toEqual({ certificates: [], refused: [], duplicates: [] });
  });
});

describe('keys', () => {
  test.each<[string, 'EC' | 'RSA', (made: Issued) => string]>([
    ['PKCS#8', 'EC', ({ pkcs8 }) => pkcs8],
    ['SEC1', 'EC', ({ traditional }) => traditional],
    [
      'SEC1 after its parameters, as OpenSSL writes it',
      'EC',
      ({ traditional }) =>
        `-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n-----END EC PARAMETERS-----\n${traditional}`,
    ],
    ['PKCS#1', 'RSA', ({ traditional }) => traditional],
    ['PKCS#1 with Windows’ line ends', 'RSA', ({ traditional }) => traditional.replaceAll('\n', '\r\n')],
  ])('%s becomes PKCS#8', async (_, keyKind, form) => {
    const made = await authority.issue(names, { keyKind });
    const { certificates } = read(traefikAcmeJson({ le: [{ names, chain: made.chain, privateKey: form(made) }] }));
    expect(certificates).toMatchObject([{ privateKey: made.pkcs8 }]);
  });
});

describe('a certificate is refused', () => {
  const refusals: [string, () => Partial<Entry> | Promise<Partial<Entry>>, string][] = [
    ['without a certificate', () => ({ chain: '' }), 'it has no certificate'],
    ['without a key', () => ({ privateKey: '' }), 'it has no private key'],
    ['that is no PEM', () => ({ chain: '<html>' }), 'its certificate is not PEM, or is cut off'],
    ['whose key is no PEM', () => ({ privateKey: 'MIIE' }), 'its private key is not PEM, or is cut off'],
    [
      'that is PEM of something else',
      () => ({ chain: '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n' }),
      'certificate 1 of its chain cannot be decoded',
    ],
    [
      'whose chain is cut off',
      () => ({ chain: issued.chain.slice(0, -40) }),
      'a certificate of its chain is cut off or damaged',
    ],
    [
      'whose key is encrypted',
      () => ({
        privateKey: issued.privateKey
          .export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'x' })
          .toString(),
      }),
      'its private key is encrypted',
    ],
    [
      'whose key is encrypted in the old way',
      () => ({
        privateKey: issued.privateKey
          .export({ type: 'sec1', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'x' })
          .toString(),
      }),
      'its private key is encrypted',
    ],
    [
      'whose key is damaged',
      () => ({ privateKey: '-----BEGIN PRIVATE KEY-----\nMIGH\n-----END PRIVATE KEY-----\n' }),
      'its private key cannot be decoded',
    ],
    [
      'with the key of another',
      async () => ({ privateKey: (await authority.issue(names)).pkcs8 }),
      'its private key belongs to another certificate',
    ],
    [
      'after its issuer',
      () => ({ chain: authority.intermediate + issued.leaf }),
      'its chain is not in order: certificate 1 of it is not issued by certificate 2',
    ],
    [
      'whose issuer is left out',
      () => ({ chain: issued.leaf + authority.root }),
      'its chain is not in order: certificate 1 of it is not issued by certificate 2',
    ],
    [
      'with the root of another CA in between',
      async () => ({ chain: issued.chain + (await createTestAuthority('Other')).root + authority.root }),
      'its chain is not in order: certificate 2 of it is not issued by certificate 3',
    ],
    [
      'whose issuer has the right key and another name',
      () => ({ chain: issued.leaf + authority.renamedIntermediate }),
      'its chain is not in order: certificate 1 of it is not issued by certificate 2',
    ],
    [
      'whose issuer has the right name and another key',
      async () => ({ chain: issued.leaf + (await createTestAuthority()).intermediate }),
      'its chain is not in order: certificate 1 of it is not issued by certificate 2',
    ],
    ['that ends now', () => issueAs(names, { notAfter: now }), `it ended at ${now.toISOString()}`],
    [
      'that is not valid yet',
      () => issueAs(names, { notBefore: new Date(now.getTime() + 1000) }),
      'it is not valid before 2026-02-01T00:00:01.000Z',
    ],
    [
      'for other names than is said of it',
      () => ({ names: ['a.example.org', 'c.example.org'] }),
      'the certificate is not for c.example.org, as is said of it',
    ],
    [
      'for an address too',
      () => issueAs(names, { otherNames: [{ type: 'ip', value: '192.0.2.1' }] }),
      'it has alternative names that are not host names',
    ],
    ['for no name', async () => ({ ...(await issueAs([])), names: [] }), 'it names no host'],
    [
      'for what is no host name',
      () => issueAs(['under_score.example.org']),
      'its name under_score.example.org cannot be taken: its labels must be 1 to 63 letters, digits and inner dashes',
    ],
    [
      'for a name with a comma in it',
      () => issueAs(['a.example.org, DNS:b.example.org']).then((made) => ({ ...made, names: [] })),
      'cannot be taken',
    ],
  ];
  test.each(refusals)('%s', async (_, change, reason) => {
    const changed: Entry = { ...entry, ...(await change()) };
    const { certificates, refused } = read(traefikAcmeJson({ le: [changed, entry] }));
    expect(refused).toMatchObject([{ source: 'le.Certificates[0]', reason: expect.stringContaining(reason) }]);
    expect(certificates).toMatchObject([{ source: 'le.Certificates[1]' }]);
  });

  test('in every format, with where it stood and what it was for', async () => {
    const ended: Entry = { ...(await issueAs(names, { notAfter: now })), names };
    const empty: Entry = { ...entry, chain: '' };
    const files = [
      traefikAcmeJson({ le: [ended, empty] }),
      traefik1AcmeJson([ended, empty]),
      traefik1StoreValue([ended, empty]),
      secretListYaml([secretYaml('ended', ended), secretYaml('empty', empty)]),
      backupOf({ chain: ended.chain, pkcs8: ended.privateKey }, { chain: '', pkcs8: issued.pkcs8 }),
    ];
    expect(files.map((file) => read(file).refused.map(({ source, ...rest }) => [source, rest.names]))).toEqual([
      [
        ['le.Certificates[0]', names],
        ['le.Certificates[1]', names],
      ],
      [
        ['Certificates[0]', names],
        ['Certificates[1]', names],
      ],
      [
        ['DomainsCertificate.Certs[0]', names],
        ['DomainsCertificate.Certs[1]', names],
      ],
      [
        ['Secret web/ended', names],
        ['Secret web/empty', names],
      ],
      [
        ['certificates[0]', names],
        ['certificates[1]', names],
      ],
    ]);
  });

  test('and nothing in its report could be a key or break a line', () => {
    const key = issued.pkcs8;
    const oneLine = key.replaceAll('\n', '');
    const files = [
      traefikAcmeJson({ 'le\u001b[31m\n': [{ chain: key, privateKey: issued.chain, names: [key, oneLine] }] }),
      traefik1AcmeJson([{ chain: issued.chain, privateKey: key.slice(0, 60), names: [key] }]),
      JSON.stringify({ ...secret('x', { ...entry, chain: key, names: [oneLine, 'a.example.org'] }) }),
    ];
    const reports = JSON.stringify(files.map((file) => read(file).refused));
    expect(reports).toContain('a.example.org');
    expect(reports).not.toMatch(new RegExp(key.split('\n')[1]!.slice(0, 20)));
    expect(reports).not.toMatch(/\\n|\\u001b/);
  });

  async function issueAs(
    ...parameters: Parameters<TestAuthority['issue']>
  ): Promise<Partial<Entry> & { chain: string; privateKey: string }> {
    const made = await authority.issue(...parameters);
    return { chain: made.chain, privateKey: made.pkcs8, names: parameters[0] };
  }
});

describe('names', () => {
  test('are the certificate’s own, though Traefik says fewer, or spells them as they were configured', async () => {
    const made = await authority.issue(['XN--bcher-kva.example.org', 'a.example.org']);
    const file = traefikAcmeJson({
      le: [{ chain: made.chain, privateKey: made.pkcs8, names: ['Bücher.example.org'] }],
    });
    expect(read(file)).toMatchObject({ certificates: [{ names: ['a.example.org', 'xn--bcher-kva.example.org'] }] });
  });

  test('may be wildcards, as ours by dns-01 are', async () => {
    const both = ['*.example.org', 'example.org'];
    const made = await authority.issue(both);
    const wildcard: Entry = { names: both, chain: made.chain, privateKey: made.pkcs8 };
    const files = [
      writeBackup([recordOf(made, both)], { passphrase, createdAt: now, cost }),
      traefikAcmeJson({ le: [wildcard] }),
      traefik1AcmeJson([wildcard]),
      secretYaml('shop', wildcard),
    ];
    for (const file of files) expect(read(file)).toMatchObject({ certificates: [{ names: both }], refused: [] });
  });

  test.each(['*.org', '*.*.example.org', 'a.*.example.org'])(
    'are refused where no CA would give them: %s',
    async (name) => {
      const made = await authority.issue([name]);
      const file = traefikAcmeJson({ le: [{ names: [name], chain: made.chain, privateKey: made.pkcs8 }] });
      expect(read(file)).toMatchObject({
        certificates: [],
        refused: [{ reason: expect.stringContaining('cannot be taken') }],
      });
    },
  );

  test('are what cert-manager’s certificate has, whatever the annotation says', () => {
    const file = secretYaml('shop', { ...entry, names: ['old.example.org'] });
    expect(read(file)).toMatchObject({ certificates: [{ names }] });
  });

  test('in our backup are those that were ordered, though the CA added one', async () => {
    const made = await authority.issue(['a.example.org', 'www.a.example.org']);
    const record = recordOf(made, ['a.example.org']);
    const file = writeBackup([record], { passphrase, createdAt: now, cost });
    expect(read(file)).toMatchObject({ certificates: [{ names: ['a.example.org'] }] });
  });
});

test('of several for the same names the one that lasts longest is taken, of equals the first', async () => {
  const at = async (day: string) => {
    const made = await authority.issue(names, { notAfter: new Date(day) });
    return { names: [...names].reverse(), chain: made.chain, privateKey: made.pkcs8 };
  };
  const file = traefikAcmeJson({
    old: [await at('2026-03-01'), await at('2026-03-03')],
    new: [await at('2026-03-03'), await at('2026-03-02')],
  });
  expect(read(file)).toMatchObject({
    certificates: [{ source: 'old.Certificates[1]' }],
    duplicates: [
      { source: 'old.Certificates[0]', names, notAfter: '2026-03-01T00:00:00.000Z', keptSource: 'old.Certificates[1]' },
      { source: 'new.Certificates[0]', keptSource: 'old.Certificates[1]' },
      { source: 'new.Certificates[1]', keptSource: 'old.Certificates[1]' },
    ],
    refused: [],
  });
});

test('a bit flipped anywhere in a file of another program gives a report or a TransferError, and neither has the key', () => {
  const packed = traefik1StoreValue([entry]);
  const files = [traefikAcmeJson({ le: [entry] }), traefik1AcmeJson([entry]), secretYaml('x', entry), packed];
  const secrets = [issued.pkcs8, issued.traditional].flatMap((pem) =>
    pem.split('\n').filter((line) => line.length > 20),
  );
  const cases = fc.constantFrom(...files.map((file) => Buffer.from(file))).chain((file) =>
    fc.nat(file.length * 8 - 1).map((bit) => {
      const flipped = Buffer.from(file);
      flipped.writeUInt8(flipped.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3);
      return flipped;
    }),
  );
  fc.assert(
    fc.property(cases, (file) => {
      const told = tellOf(file);
      for (const secret of secrets) expect(told).not.toContain(secret.slice(0, 20));
    }),
    { numRuns: 1500 },
  );
});

/** What a program could print of it: all but good certificates. */
function tellOf(file: Buffer): string {
  try {
    const { refused, duplicates } = read(file);
    return JSON.stringify({ refused, duplicates });
  } catch (error) {
    if (!(error instanceof TransferError)) throw error;
    return `${error.message} ${error.hint} ${String(error.cause)}`;
  }
}

function backupOf(...certificates: readonly Pick<Issued, 'chain' | 'pkcs8'>[]): Buffer {
  const records = certificates.map((certificate) => recordOf(certificate, names));
  return writeBackup(records, { passphrase, createdAt: now, cost });
}
