import { parseManifests, type Manifest } from './manifest.ts';

/** Texts of objects that were parsed before: most objects of a fleet are the same in many environments. */
const known = new Map<string, Manifest>();
const mostKnown = 20_000;

/** The objects that kustomize printed, in its order. Equal texts give one and the same object, which nobody may change. */
export function parseRendered(text: string): readonly Manifest[] {
  return text.split(/^---$\n?/m).flatMap((part) => {
    if (part.trim() === '') return [];
    const found = known.get(part);
    if (found !== undefined) return [found];
    const objects = parseManifests(part, 'what kustomize printed');
    const [only] = objects;
    if (only !== undefined && objects.length === 1) {
      if (known.size >= mostKnown) known.clear();
      known.set(part, only);
    }
    return objects;
  });
}
