import { bytes } from '../bytes.ts';
import type { Draft, Rule } from './rule.ts';

/** Whose resources can be written, with the defaults of its schema. */
const owners = [
  { field: 'gateway', request: '128Mi', limit: '512Mi' },
  { field: 'store', request: '128Mi', limit: '512Mi' },
];

/** The API server refuses a Pod that is promised more than it may take. */
export const requestsAreWithinLimits: Rule = (draft) =>
  owners.flatMap(({ field, request, limit }) => {
    const resources = ['spec', field, 'resources'];
    const [requested, limited] = [
      written(draft, [...resources, 'requests', 'memory'], request),
      written(draft, [...resources, 'limits', 'memory'], limit),
    ];
    if (!(bytes(requested.text) > bytes(limited.text))) return [];
    const { path } = requested.isWritten ? requested : limited;
    return [
      {
        path,
        message: `spec.${field}.resources reserves more memory (${requested.text}) than its limit (${limited.text})`,
        remedy: `Write at most ${limited.text} in requests.memory, or at least ${requested.text} in limits.memory.`,
      },
    ];
  });

function written(draft: Draft, path: readonly string[], otherwise: string) {
  const value = draft.at(...path);
  return { path, text: typeof value === 'string' ? value : otherwise, isWritten: value !== undefined };
}
