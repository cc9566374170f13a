import type { Repository, SourceFile } from '@gatefleet/kustomize';
import type { Finding, WaivedFinding, Waiver } from './finding.ts';

/** `# gatefleet-lint: allow image-pinned-by-digest until 2027-03-01: the first release publishes images` */
const form = /^allow (?<rule>[a-z0-9-]+) until (?<until>\d{4}-\d{2}-\d{2}): (?<reason>\S.*)$/;
const mark = /^gatefleet-lint:\s*/;

export interface Waived {
  readonly findings: readonly Finding[];
  readonly waived: readonly WaivedFinding[];
}

/**
 * Lets findings be that a comment on their own line or on the line before allows, and finds fault with comments that allow nothing, have
 * expired, or cannot be read. A waiver holds to the end of its day, in UTC.
 *
 * @param known - ids of the rules that ran: what others would have found cannot be told.
 */
export function applyWaivers(
  findings: readonly Finding[],
  repository: Repository,
  known: ReadonlySet<string>,
  now: Date,
): Waived {
  const today = now.toISOString().slice(0, 10);
  const read = [...repository.files()].filter(({ text }) => text.includes('gatefleet-lint:')).map(waiversOf);
  const waivers = read.flatMap(({ waivers: each }) => each);
  const used = new Set<Waiver>();
  const kept: Finding[] = [];
  const waived: WaivedFinding[] = [];
  for (const finding of findings) {
    const waiver = waivers.find((each) => covers(each, finding));
    if (waiver === undefined) {
      kept.push(finding);
      continue;
    }
    used.add(waiver);
    if (waiver.until >= today) waived.push({ ...finding, waiver });
    else kept.push(finding, expired(waiver));
  }
  const unused = waivers.filter((waiver) => !used.has(waiver) && known.has(waiver.rule)).map(unusedFinding);
  return { findings: [...kept, ...unused, ...read.flatMap(({ invalid }) => invalid)], waived };
}

function covers({ rule, position }: Waiver, finding: Finding): boolean {
  const { file, line } = finding.position;
  return rule === finding.rule && position.file === file && (position.line === line || position.line === line - 1);
}

function waiversOf(file: SourceFile): { readonly waivers: readonly Waiver[]; readonly invalid: readonly Finding[] } {
  const waivers: Waiver[] = [];
  const invalid: Finding[] = [];
  for (const { line, column, text } of file.comments) {
    if (!mark.test(text)) continue;
    const position = { file: file.path, line, column };
    const { rule, until, reason } = form.exec(text.replace(mark, ''))?.groups ?? {};
    if (rule === undefined || until === undefined || reason === undefined || Number.isNaN(Date.parse(until))) {
      invalid.push({
        rule: 'waiver-invalid',
        severity: 'error',
        message: `this waiver cannot be read: ${text}`,
        position,
        remedy: 'Write it as: # gatefleet-lint: allow RULE until YYYY-MM-DD: REASON',
        environments: [],
      });
    } else waivers.push({ rule, until, reason, position });
  }
  return { waivers, invalid };
}

function expired({ rule, until, reason, position }: Waiver): Finding {
  return {
    rule: 'waiver-expired',
    severity: 'error',
    message: `the waiver of ${rule} ended on ${until} (${reason})`,
    position,
    remedy: 'Mend what it allowed and remove it, or give it a later day if the reason still holds.',
    environments: [],
  };
}

function unusedFinding({ rule, position }: Waiver): Finding {
  return {
    rule: 'waiver-unused',
    severity: 'warning',
    message: `nothing here needs the waiver of ${rule}`,
    position,
    remedy: 'Remove the comment.',
    environments: [],
  };
}
