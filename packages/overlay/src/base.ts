import { missing, type BaseObject } from './base-object.ts';
import { kindOf, nameOf } from './manifest.ts';
import { applyComponent, type BaseComponent } from './component.ts';

/** The objects that overlays build on: what a patch is resolved against and made smallest against. */
export class Base {
  readonly #objects: ReadonlyMap<string, BaseObject>;
  readonly #components: ReadonlyMap<string, BaseComponent>;

  /** @param components - by name. */
  constructor(objects: readonly BaseObject[], components: ReadonlyMap<string, BaseComponent> = new Map()) {
    this.#objects = new Map(objects.map((each) => [identity(kindOf(each.object), nameOf(each.object)), each]));
    this.#components = components;
  }

  get objects(): readonly BaseObject[] {
    return [...this.#objects.values()];
  }

  /** Objects that some Component adds. */
  get componentObjects(): readonly BaseObject[] {
    return [...this.#components.values()].flatMap(({ resources }) => resources);
  }

  /**
   * The base with Components applied in this order.
   *
   * @throws OverlayError `PATCH_TARGET_MISSING` for a Component that is not there, or that patches what is not there.
   */
  with(names: readonly string[]): Base {
    const objects = names.reduce((before, name) => {
      const component = this.#components.get(name);
      if (component !== undefined) return applyComponent(before, component);
      throw missing(`using the Component ${name}`, `base/components/${name} is not there`);
    }, this.objects);
    return new Base(objects, this.#components);
  }

  /** @throws OverlayError `PATCH_TARGET_MISSING` */
  get(kind: string, name: string): BaseObject {
    const found = this.#objects.get(identity(kind, name));
    if (found !== undefined) return found;
    throw missing(`planning a patch of ${kind} ${name}`, 'base/ and the Components in use have no such object');
  }
}

function identity(kind: string, name: string): string {
  return JSON.stringify([kind, name]);
}
