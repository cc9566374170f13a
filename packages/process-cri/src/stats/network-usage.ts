import { readFileSync } from 'node:fs';

interface Count {
  readonly value: string;
}
export interface InterfaceUsage {
  readonly rx_bytes: Count;
  readonly rx_errors: Count;
  readonly tx_bytes: Count;
  readonly tx_errors: Count;
}

/** What a Pod has received and sent, counted at the node's end of its pair, so with the directions exchanged. */
export function readInterface(veth: string): InterfaceUsage | undefined {
  try {
    return parseInterface(readFileSync('/proc/net/dev', 'utf8'), veth);
  } catch {
    return undefined;
  }
}

/** @param text - /proc/net/dev: `name: bytes packets errors …` eight columns received, eight sent. */
export function parseInterface(text: string, veth: string): InterfaceUsage | undefined {
  const line = text.split('\n').find((candidate) => candidate.trimStart().startsWith(`${veth}:`));
  const [rxBytes, , rxErrors, , , , , , txBytes, , txErrors] =
    line
      ?.slice(line.indexOf(':') + 1)
      .trim()
      .split(/\s+/) ?? [];
  if (!rxBytes || !rxErrors || !txBytes || !txErrors) return undefined;
  return {
    rx_bytes: { value: txBytes },
    rx_errors: { value: txErrors },
    tx_bytes: { value: rxBytes },
    tx_errors: { value: rxErrors },
  };
}
