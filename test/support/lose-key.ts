import { encryptionKeySecret } from '@gatefleet/certificate-commands';
import type { Fleet } from './fleet.ts';
import { eventually } from './shell.ts';

/** Another encryption key takes the place of the one that there is, and every controller starts anew and refuses it. */
export async function loseEncryptionKey({ apply, kubectl }: Fleet): Promise<void> {
  const { name, contentOf, fresh } = encryptionKeySecret;
  const controllers = ['-n', 'gatefleet', '-l', 'app.kubernetes.io/name=acme-controller'];
  const metadata = { name, namespace: 'gatefleet' };
  await apply(JSON.stringify({ apiVersion: 'v1', kind: 'Secret', metadata, stringData: contentOf([fresh()]) }));
  // A rollout would wait for the new ones for ever, while one of before leads on with the key in its memory.
  await kubectl('delete', 'pods', ...controllers);
  await eventually('both controllers to refuse the key', async () => {
    const logs = await kubectl('logs', ...controllers, '--prefix', '--tail=-1');
    return new Set(logs.match(/^\[pod\/[^\]]+\](?=.*WRONG_KEY)/gm)).size === 2;
  });
}
