import { readdirSync, readFileSync } from 'node:fs';

/**
 * Ends the programs that a process has started, and no others.
 * @param {number} parent - its process id
 * @returns {string[]} their command lines
 */
export function endLeftPrograms(parent) {
  const commands = [];
  for (const pid of readdirSync('/proc').map(Number)) {
    try {
      const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
      // The name before it may have any character.
      const [, parentOfIt] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      if (Number(parentOfIt) !== parent) continue;
      commands.push(readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim());
      process.kill(pid, 'SIGKILL');
    } catch {
      // No process, or it has just ended.
    }
  }
  return commands;
}
