import { execFile } from 'node:child_process';
import { chmod, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { get } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { ensureAsset, ensureTools } from '@gatefleet/toolchain';
import { startApiServer, type ApiServer } from './api-server.ts';
import { freePort } from './free-port.ts';
import { startProgram, type Program } from './program.ts';

const run = promisify(execFile);

export interface ArgoCdPrograms {
  /** Argo CD's API server, its CA and the password of `admin`. */
  readonly server: string;
  readonly ca: string;
  readonly password: string;
  /** The Kubernetes that it manages; {@link destination} is its name as a destination. */
  readonly kubernetes: ApiServer;
  readonly destination: string;
  /** URL of a repository that it syncs from. */
  readonly repository: string;
  apply(object: object): Promise<void>;
  /** An Application of the folder of its name in the repository. What else it is to have comes over that. */
  application(name: string, more?: MoreOfApplication): object;
  /** Commits one file to main and gives the commit. */
  push(file: string, content: string): Promise<string>;
  /** Commits these files, by path, to main and gives the commit. */
  pushAll(files: Readonly<Record<string, string>>): Promise<string>;
  /** Ends Argo CD's API server as by a crash, and starts it again at the same address. */
  restartServer(meanwhile: () => Promise<void>): Promise<void>;
  stop(): Promise<void>;
}

export interface MoreOfApplication {
  readonly labels?: Readonly<Record<string, string>>;
  /** In the repository. Default: its name. */
  readonly path?: string;
  readonly syncPolicy?: object;
}

/** Argo CD's own parts on loopback over an API server without nodes: what they deploy is written, and nothing of it runs. */
export async function startArgoCd(): Promise<ArgoCdPrograms> {
  const tools = await ensureTools(['argocd', 'kubectl', 'kustomize']);
  const manifests = await ensureAsset('argocd-manifests');
  const hack = await ensureAsset('argocd-hack');
  const folder = await mkdtemp(join(tmpdir(), 'gatefleet-argocd-'));
  const started: { stop(): Promise<void> }[] = [];
  const stop = async (): Promise<void> => {
    for (const program of started.reverse()) await program.stop();
    await rm(folder, { recursive: true, force: true });
  };
  try {
    const kubernetes = await startApiServer(['admin']);
    started.push(kubernetes);
    const token = kubernetes.tokens.get('admin') ?? '';
    const kubeconfig = join(folder, 'kubeconfig');
    await writeFile(kubeconfig, kubeconfigOf(kubernetes, token), { mode: 0o600 });
    const kubectl = async (args: readonly string[], input = ''): Promise<string> => {
      const child = run(tools.kubectl.path, ['--kubeconfig', kubeconfig, ...args]);
      child.child.stdin?.end(input);
      return (await child).stdout;
    };
    await kubectl(['create', 'namespace', 'argocd']);
    await kubectl(['apply', '--server-side', '-n', 'argocd', '-f', join(manifests, 'install.yaml')]);
    const apply = async (object: object): Promise<void> => {
      await kubectl(['apply', '-f', '-'], JSON.stringify(object));
    };
    await apply(clusterSecret(kubernetes, token));

    const ports = await Promise.all(Array.from({ length: 6 }, freePort));
    const [redis, repo, repoMetrics, controllerMetrics, api, apiMetrics] = ports.map(String);
    const programs = join(folder, 'bin');
    const data = join(folder, 'data');
    await mkdir(programs);
    for (const part of ['tls', 'ssh', 'gpg']) await mkdir(join(data, part), { recursive: true });
    await chmod(join(data, 'gpg'), 0o700);
    const env = {
      PATH: [programs, hack, process.env['PATH']].join(':'),
      HOME: folder,
      ARGOCD_TLS_DATA_PATH: join(data, 'tls'),
      ARGOCD_SSH_DATA_PATH: join(data, 'ssh'),
      ARGOCD_GPG_DATA_PATH: join(data, 'gpg'),
      ARGOCD_GPG_ENABLED: 'false',
    };
    await symlink(tools.kustomize.path, join(programs, 'kustomize'));
    /** Argo CD is one program; its name tells which part it is. */
    const part = async (name: string, args: string[], isReady: () => Promise<boolean>): Promise<Program> => {
      const file = join(programs, name);
      await symlink(tools.argocd.path, file).catch(() => undefined);
      return startProgram({ name, file, args: ['--redis', `127.0.0.1:${redis}`, ...args], env, cwd: folder, isReady });
    };
    const answers = (port: string | undefined) => async (): Promise<boolean> =>
      (await fetch(`http://127.0.0.1:${port}/metrics`)).ok;
    const connects = async (): Promise<boolean> =>
      (await run('redis-cli', ['-p', `${redis}`, 'ping'])).stdout.includes('PONG');
    const redisArgs = ['--port', `${redis}`, '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no'];
    started.push(
      await startProgram({
        name: 'redis-server',
        file: 'redis-server',
        args: redisArgs,
        cwd: folder,
        isReady: connects,
      }),
    );
    const repoArgs = ['--port', `${repo}`, '--metrics-port', `${repoMetrics}`, '--address', '127.0.0.1'];
    started.push(await part('argocd-repo-server', repoArgs, answers(repoMetrics)));
    const common = ['--kubeconfig', kubeconfig, '--namespace', 'argocd', '--repo-server', `127.0.0.1:${repo}`];
    const controllerArgs = [...common, '--metrics-port', `${controllerMetrics}`, '--persist-resource-health'];
    started.push(await part('argocd-application-controller', controllerArgs, answers(controllerMetrics)));
    const server = `https://127.0.0.1:${api}`;
    const apiArgs = [...common, '--address', '127.0.0.1', '--port', `${api}`, '--metrics-port', `${apiMetrics}`];
    const startServer = () => part('argocd-server', apiArgs, () => isHealthy(server));
    let apiServer = await startServer();
    started.push({ stop: () => apiServer.stop() });

    const secret = (name: string, key: string): Promise<string> =>
      kubectl(['-n', 'argocd', 'get', 'secret', name, '-o', `go-template={{index .data "${key}" | base64decode}}`]);
    const repository = await startRepository(folder, env.PATH);
    return {
      server,
      ca: await secret('argocd-secret', 'tls.crt'),
      password: await secret('argocd-initial-admin-secret', 'password'),
      kubernetes,
      destination: kubernetes.url,
      repository: repository.url,
      apply,
      application: (name, { labels = {}, path = name, syncPolicy } = {}) => ({
        apiVersion: 'argoproj.io/v1alpha1',
        kind: 'Application',
        metadata: { name, namespace: 'argocd', labels },
        spec: {
          project: 'default',
          source: { repoURL: repository.url, path, targetRevision: 'main' },
          destination: { server: kubernetes.url, namespace: 'default' },
          ...(syncPolicy === undefined ? {} : { syncPolicy }),
        },
      }),
      push: (file, content) => repository.pushAll({ [file]: content }),
      pushAll: repository.pushAll,
      async restartServer(meanwhile) {
        await apiServer.stop('SIGKILL');
        await meanwhile();
        apiServer = await startServer();
      },
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

function kubeconfigOf({ url, ca }: ApiServer, token: string): string {
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'test',
    clusters: [
      { name: 'test', cluster: { server: url, 'certificate-authority-data': Buffer.from(ca).toString('base64') } },
    ],
    users: [{ name: 'test', user: { token } }],
    contexts: [{ name: 'test', context: { cluster: 'test', user: 'test' } }],
  });
}

/** Outside a Pod Argo CD knows no cluster but by such a Secret. */
function clusterSecret({ url, ca }: ApiServer, token: string): object {
  const caData = Buffer.from(ca).toString('base64');
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: 'test', namespace: 'argocd', labels: { 'argocd.argoproj.io/secret-type': 'cluster' } },
    stringData: {
      name: 'test',
      server: url,
      config: JSON.stringify({ bearerToken: token, tlsClientConfig: { caData } }),
    },
  };
}

function isHealthy(server: string): Promise<boolean> {
  return new Promise((resolve, reject) => {
    get(`${server}/healthz`, { rejectUnauthorized: false, timeout: 2_000 }, (response) => {
      response.resume();
      resolve(response.statusCode === 200);
    }).once('error', reject);
  });
}

async function startRepository(
  folder: string,
  path: string,
): Promise<{ url: string } & Pick<ArgoCdPrograms, 'pushAll'>> {
  const bare = join(folder, 'repository.git');
  const work = join(folder, 'work');
  const who = Object.fromEntries(
    ['AUTHOR', 'COMMITTER'].flatMap((as) => [
      [`GIT_${as}_NAME`, 'T'],
      [`GIT_${as}_EMAIL`, 't@example.org'],
    ]),
  );
  const env = { PATH: path, HOME: folder, GIT_CONFIG_SYSTEM: '/dev/null', ...who };
  const git = async (...args: string[]): Promise<string> => (await run('git', args, { env })).stdout.trim();
  await git('init', '--quiet', '--bare', '--initial-branch=main', bare);
  await git('init', '--quiet', '--initial-branch=main', work);
  return {
    url: `file://${bare}`,
    async pushAll(files) {
      for (const [file, content] of Object.entries(files)) {
        await mkdir(join(work, file, '..'), { recursive: true });
        await writeFile(join(work, file), content);
      }
      await git('-C', work, 'add', '--all');
      await git('-C', work, 'commit', '--quiet', '--message', Object.keys(files)[0] ?? '');
      await git('-C', work, 'push', '--quiet', bare, 'main');
      return git('-C', work, 'rev-parse', 'HEAD');
    },
  };
}
