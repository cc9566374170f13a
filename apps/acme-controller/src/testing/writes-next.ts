/** To be built into a program in place of what this version knows. */
export { writesNext as knownFormats } from './next-format.ts';
