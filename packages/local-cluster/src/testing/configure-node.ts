/** Configures the network namespace that it runs in as a cluster's supervisor does. */
import { addressesOf } from '../addresses.ts';
import { configureNetwork } from '../supervisor/namespace.ts';

const addresses = addressesOf(0);
await configureNetwork(addresses, addresses.nodes(2));
