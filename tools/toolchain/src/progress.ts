/** What happens while tools are made ready. Found ones make no event. */
export type ToolchainEvent =
  /** Another process is making the same; `pid` is its. */
  | { readonly kind: 'waiting'; readonly name: string; readonly version: string; readonly pid: number }
  /** Source code arrives; `modules` have begun to. */
  | { readonly kind: 'downloading'; readonly name: string; readonly version: string; readonly modules: number }
  | {
      readonly kind: 'building';
      readonly name: string;
      readonly version: string;
      readonly packagesDone: number;
      readonly packagesKnown: number;
      /** Undefined until enough is done to tell. */
      readonly leftMs: number | undefined;
    }
  | { readonly kind: 'linking'; readonly name: string; readonly version: string }
  | { readonly kind: 'built'; readonly name: string; readonly version: string; readonly elapsedMs: number }
  /** What was waited for is there. */
  | { readonly kind: 'ready'; readonly name: string; readonly version: string }
  /** The error is thrown, not shown here. */
  | { readonly kind: 'failed'; readonly name: string; readonly version: string };

export type OnProgress = (event: ToolchainEvent) => void;

/** Time left if the rest takes as long a package as what this run has compiled; undefined in the first packages. */
export function timeLeftMs(elapsedMs: number, compiled: number, remaining: number): number | undefined {
  return compiled < 10 ? undefined : Math.round((elapsedMs / compiled) * remaining);
}

/** `go build -v` prints the import path of each package that it compiles; what else it prints starts otherwise. */
export function compiledPackage(line: string): string | undefined {
  return /^[\w.~-]+(\/[\w.~+-]+)*$/.test(line) ? line : undefined;
}

/** The module of a `go: downloading MODULE VERSION` line. */
export function downloadedModule(line: string): string | undefined {
  return /^go: downloading (\S+)/.exec(line)?.[1];
}
