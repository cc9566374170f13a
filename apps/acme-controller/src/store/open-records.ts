import { AccountRecord, CertificateRecord, OrderRecord } from '@gatefleet/acme';
import type { KvStore } from '@gatefleet/consul-kv';
import type { RecordCipher } from '../cipher/record-cipher.ts';
import type { Logger } from '../log.ts';
import { ACCOUNTS, CERTIFICATES, ORDERS, SNAPSHOT } from './keys.ts';
import { SealedRecords } from './sealed-records.ts';

/** All records that hold a private key. */
export interface Records {
  readonly accounts: SealedRecords<AccountRecord>;
  readonly certificates: SealedRecords<CertificateRecord>;
  readonly orders: SealedRecords<OrderRecord>;
  /** Certificates as they were when all was well. */
  readonly snapshot: SealedRecords<CertificateRecord>;
}

export function openRecords(store: KvStore, cipher: RecordCipher, log: Logger): Records {
  const common = { store, cipher, log };
  return {
    accounts: new SealedRecords({ ...common, prefix: ACCOUNTS, schema: AccountRecord }),
    certificates: new SealedRecords({ ...common, prefix: CERTIFICATES, schema: CertificateRecord }),
    orders: new SealedRecords({ ...common, prefix: ORDERS, schema: OrderRecord }),
    snapshot: new SealedRecords({ ...common, prefix: SNAPSHOT, schema: CertificateRecord }),
  };
}
