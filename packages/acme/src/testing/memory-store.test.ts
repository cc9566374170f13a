import { testAcmeStore } from './acme-store.contract.ts';
import { createMemoryAcme } from './memory-store.ts';

testAcmeStore('memory', async () => createMemoryAcme());
