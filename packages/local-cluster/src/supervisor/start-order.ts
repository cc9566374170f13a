/** Something that is started, once what it comes after is ready. */
export interface Step {
  readonly name: string;
  readonly after: readonly string[];
}

/** What is reported while a group comes up. */
export type StartEvent =
  { readonly kind: 'starting'; readonly name: string } | { readonly kind: 'ready'; readonly name: string };

/**
 * Starts each component as soon as those it comes after are ready, so that all that can start together does.
 * `run` keeps one running and calls back once it is ready; it is expected to reject when that will never be.
 *
 * Resolves when everything is ready.
 */
export async function startInOrder<T extends Step>(
  components: readonly T[],
  run: (component: T, onReady: () => void) => Promise<void>,
  onEvent: (event: StartEvent) => void,
): Promise<void> {
  const ready = new Map<string, PromiseWithResolvers<void>>();
  for (const { name } of components) ready.set(name, Promise.withResolvers<void>());
  const readiness = (name: string): Promise<void> => {
    const known = ready.get(name);
    if (known === undefined) throw new Error(`no component is named ${name}`);
    return known.promise;
  };
  for (const name of components.flatMap(({ after }) => after)) void readiness(name);
  const runs = components.map(async (component) => {
    await Promise.all(component.after.map(readiness));
    onEvent({ kind: 'starting', name: component.name });
    await run(component, () => {
      onEvent({ kind: 'ready', name: component.name });
      ready.get(component.name)?.resolve();
    });
  });
  // A run goes on after it is ready; only its failure ends the wait.
  const failure = Promise.all(runs).then(() => new Promise<never>(() => undefined));
  await Promise.race([Promise.all([...ready.values()].map(({ promise }) => promise)), failure]);
}
