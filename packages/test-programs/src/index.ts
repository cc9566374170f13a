/** Starts the real programs that `*.real.ts` tests run against. For tests only. @packageDocumentation */
export { startConsul, type ConsulProgram } from './consul.ts';
export { answers, freePort, startProgram, type Program, type ProgramOptions } from './program.ts';
export { startTraefik, type TraefikProgram } from './traefik.ts';
