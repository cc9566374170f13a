/**
 * What must be there before a command runs.
 * @typedef {object} Needs
 * @property {boolean} linux whether it runs the local cluster, which only Linux can
 * @property {boolean} systemPrograms whether programs of the system are used
 */

/**
 * Only the local cluster and the tests need more than npm packages.
 * @param {readonly string[]} args - the command and its arguments
 * @returns {Needs}
 */
export function needsOf([command, ...rest]) {
  const help = rest.includes('--help') || rest.includes('-h');
  const local = (command === 'up' || command === 'test') && !help;
  return { linux: local, systemPrograms: local };
}
