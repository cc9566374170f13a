/** Starts the real programs that `*.real.ts` tests run against. For tests only. @packageDocumentation */
export { startApiServer, type ApiRequest, type ApiServer } from './api-server.ts';
export { startConsul, type ConsulProgram } from './consul.ts';
export { startConsulCluster, type ConsulCluster } from './consul-cluster.ts';
export { answers, freePort, startProgram, type Program, type ProgramOptions } from './program.ts';
export { startSpreader, type Spreader } from './spreader.ts';
export { startTraefik, type TraefikProgram } from './traefik.ts';
