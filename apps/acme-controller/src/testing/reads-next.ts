/** To be built into a program in place of what this version knows. */
export { readsNext as knownFormats } from './next-format.ts';
