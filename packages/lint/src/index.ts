/** Checks what a repository of kustomizations deploys, each environment and all of them together, before it is pushed. @packageDocumentation */
export type { Finding, Severity, WaivedFinding, Waiver } from './finding.ts';
export { lint, type LintOptions, type LintReport, type LintScope } from './lint.ts';
export { planFleet, type FleetPlan, type PlanOptions } from './plan/plan-fleet.ts';
export type { PlannedCertificate, PlannedUse } from './plan/planned-certificates.ts';
export { humanPlan, markdownPlan } from './plan/render-plan.ts';
export { githubReport } from './reporters/github.ts';
export { humanReport } from './reporters/human.ts';
export { jsonReport } from './reporters/json.ts';
export { markdownReport } from './reporters/markdown.ts';
export { sarifReport } from './reporters/sarif.ts';
export type { BuildRule, ChangeRule, FleetRule, KustomizationRule, Rule, RuleGroup } from './rule.ts';
export { rules } from './rules/index.ts';
