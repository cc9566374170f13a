import { AccountRecord, CertificateRecord, OrderRecord } from '@gatefleet/acme';
import type { KvStore } from '@gatefleet/consul-kv';
import type { RecordCipher } from '../cipher/record-cipher.ts';
import type { Logger } from '../log.ts';
import { ACCOUNTS, CERTIFICATES, ORDERS, SNAPSHOT } from './keys.ts';
import type { RecordFormats } from './record-format.ts';
import { SealedRecords } from './sealed-records.ts';

/** All records that hold a private key. */
export interface Records {
  readonly accounts: SealedRecords<AccountRecord>;
  readonly certificates: SealedRecords<CertificateRecord>;
  readonly orders: SealedRecords<OrderRecord>;
  /** Certificates as they were when all was well. */
  readonly snapshot: SealedRecords<CertificateRecord>;
}

export function openRecords(store: KvStore, cipher: RecordCipher, formats: RecordFormats, log: Logger): Records {
  const common = { store, cipher, formats, log };
  const certificate = { ...common, kind: 'certificate', schema: CertificateRecord } as const;
  return {
    accounts: new SealedRecords({ ...common, kind: 'account', prefix: ACCOUNTS, schema: AccountRecord }),
    certificates: new SealedRecords({ ...certificate, prefix: CERTIFICATES }),
    orders: new SealedRecords({ ...common, kind: 'order', prefix: ORDERS, schema: OrderRecord }),
    snapshot: new SealedRecords({ ...certificate, prefix: SNAPSHOT }),
  };
}
