import { clusterPrograms, testPrograms } from './system-programs.mjs';

/**
 * What must be there before a command runs.
 * @typedef {object} Needs
 * @property {boolean} linux whether it runs the local cluster, which only Linux can
 * @property {readonly import('./system-programs.mjs').SystemProgram[]} systemPrograms what of the system is used
 */

/**
 * Only the local cluster and the tests need more than npm packages.
 * @param {readonly string[]} args - the command and its arguments
 * @returns {Needs}
 */
export function needsOf([command, ...rest]) {
  const help = rest.includes('--help') || rest.includes('-h');
  if (help || (command !== 'up' && command !== 'test')) return { linux: false, systemPrograms: [] };
  return { linux: true, systemPrograms: command === 'up' ? clusterPrograms : [...clusterPrograms, ...testPrograms] };
}
