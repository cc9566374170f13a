import { chmodSync, chownSync, existsSync, mkdirSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { BundlePlan } from './plan-bundle.ts';

/**
 * Writes a planned bundle into an existing empty folder. The calls are synchronous: they are some fifty short ones, and a turn of the
 * event loop between each would cost more than they do.
 *
 * @param mountPointLayer - where mount points below /usr are made.
 */
export function writeBundle(plan: BundlePlan, folder: string, mountPointLayer: string): void {
  const rootfs = join(folder, 'rootfs');
  mkdirSync(rootfs, { mode: 0o755 });
  for (const entry of plan.rootfs) {
    const path = join(rootfs, entry.path);
    mkdirSync(dirname(path), { recursive: true, mode: 0o755 });
    if (entry.kind === 'link') {
      symlinkSync(entry.target, path);
      continue;
    }
    if (entry.kind === 'folder') mkdirSync(path, { recursive: true });
    else writeFileSync(path, entry.text);
    chmodSync(path, entry.mode);
    if (entry.uid !== 0 || entry.gid !== 0) chownSync(path, entry.uid, entry.gid);
  }
  for (const { path, source } of plan.usrMountPoints) {
    const point = join(mountPointLayer, path.slice('/usr/'.length));
    mkdirSync(dirname(point), { recursive: true, mode: 0o755 });
    if (statSync(source).isDirectory()) mkdirSync(point, { recursive: true });
    else if (!existsSync(point)) writeFileSync(point, '');
  }
  // The environment may hold secrets.
  writeFileSync(join(folder, 'config.json'), JSON.stringify(plan.spec), { mode: 0o600 });
}
