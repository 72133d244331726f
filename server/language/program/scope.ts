import type { Site } from "../syntax/tree.ts";
import { MOST_NAMES } from "../suggest.ts";
import type { Value } from "../values.ts";

export interface Binding {
  readonly name: string;
  readonly value: Value;
  readonly site: Site;
  readonly what: "parameter" | "let" | "as" | "input" | "shared" | "symbol" | "loop";
  used: boolean;
}

/** Names of a body, and of what surrounds it. */
export class Scope {
  readonly parent: Scope | undefined;
  private readonly names = new Map<string, Binding>();

  constructor(parent?: Scope) {
    this.parent = parent;
  }

  get(name: string): Binding | undefined {
    const found = this.names.get(name) ?? this.parent?.get(name);
    if (found) found.used = true;
    return found;
  }

  /** The binding of this very scope, without counting as a use. */
  own(name: string): Binding | undefined {
    return this.names.get(name);
  }

  set(binding: Binding): void {
    this.names.set(binding.name, binding);
  }

  bindings(): Iterable<Binding> {
    return this.names.values();
  }

  /** Names that can be seen from here, the nearest body's first: as many as a misspelled one is compared with. */
  visible(found = new Set<string>()): string[] {
    for (const name of this.names.keys()) if (found.add(name).size >= MOST_NAMES) return [...found];
    return this.parent?.visible(found) ?? [...found];
  }
}
