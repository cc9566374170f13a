/** Starts the real programs that `*.real.ts` tests run against. For tests only. @packageDocumentation */
export { closedConsul, policiesFolder, type ClosedConsul } from './closed-consul.ts';
export { pluralOf, startApiServer, type ApiRequest, type ApiServer } from './api-server.ts';
export { startArgoCd, type ArgoCdPrograms } from './argocd.ts';
export { startConsul, type ConsulProgram } from './consul.ts';
export { startConsulCluster, type ConsulCluster, type ConsulClusterOptions, type Which } from './consul-cluster.ts';
export { freePort } from './free-port.ts';
export { answers, startProgram, type Program, type ProgramOptions } from './program.ts';
export { startSpreader, type Spreader } from './spreader.ts';
export { createTestCa, type TestCa } from './test-ca.ts';
export { startTraefik, type TraefikProgram } from './traefik.ts';
