import { writeFile } from 'node:fs/promises';
import { rulesReference } from './reference.ts';

await writeFile(new URL('../../../docs/reference/lint-rules.md', import.meta.url), rulesReference());
