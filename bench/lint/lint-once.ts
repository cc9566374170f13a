import { lint } from '@gatefleet/lint';

const [root = '', kustomize = ''] = process.argv.slice(2);
const { findings, checked } = await lint({ root, kustomize });
console.log(JSON.stringify({ findings: findings.length, first: findings.slice(0, 3), checked }));
