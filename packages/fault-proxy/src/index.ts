/** An HTTPS proxy before Pebble that breaks things on purpose and keeps a journal. For tests and benchmarks only. @packageDocumentation */
export type { AnsweredOrder, CaAnswer } from './ca-answer.ts';
export type { Clock } from './clock.ts';
export type { Delivery, Entry, Given } from './entry.ts';
export type { Fault, FaultRate, FaultRates, Injected, RetryAfter, Storm } from './fault.ts';
export type { Hasty, HastyOptions } from './hasty.ts';
export type { Journal } from './journal.ts';
export type { NameSetTally } from './name-set-tallies.ts';
export type { ResourceKind } from './resource-kind.ts';
export type { SeenOrder } from './seen-orders.ts';
export type { ServerCertificate } from './server-certificate.ts';
export type { SignedRequest } from './signed-request.ts';
export { startFaultProxy, type FaultProxy, type FaultProxyOptions } from './start-fault-proxy.ts';
