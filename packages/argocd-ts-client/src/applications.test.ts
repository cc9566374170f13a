import { connectArgoCd } from './api/connect-argocd.ts';
import { testApplications } from './applications.contract.ts';
import { connectArgoCdCore } from './core/connect-argocd-core.ts';

testApplications('through the API server', (server, token) => connectArgoCd({ server, token }).applications);
testApplications('through Kubernetes alone', (server, token) => connectArgoCdCore({ server, token }).applications);
