import type { LineRef, Span } from "../../language/syntax/tree.ts";

/** A name that a body gives. */
export interface Local {
  readonly name: string;
  readonly what: "parameter" | "input" | "let" | "as" | "shared" | "loop" | "symbol";
  /** Where it is given first. */
  readonly line: LineRef;
  readonly span: Span;
}

/** What a name is, as far as its own declaration tells. */
export type Meaning =
  | { readonly kind: "local"; readonly local: Local }
  /** A declaration of this name, here or in another file. */
  | { readonly kind: "declared"; readonly what: "model" | "block" | "data"; readonly imported?: true }
  /** A parameter of a declaration, named where that is used. */
  | { readonly kind: "argument"; readonly of: "model" | "block"; readonly callee: string; readonly name: string }
  /** An input or output of a model, or of those that are trained on a data block. */
  | { readonly kind: "feed"; readonly of: "input" | "output"; readonly data?: string; readonly model?: string }
  /** The language's own. */
  | { readonly kind: "library"; readonly what: "layer" | "option" | "builtin" | "word" | "setting" | "argument" | "type" }
  /** Of a data file. */
  | { readonly kind: "column" }
  | { readonly kind: "unknown" };

/** `write`: a name that is given a second time. */
export type Role = "declaration" | "read" | "write";

/** One place where a name stands. */
export interface Use {
  readonly name: string;
  readonly line: LineRef;
  readonly span: Span;
  readonly role: Role;
  readonly means: Meaning;
}

/** Names of a body, and of what surrounds it. */
export class Names {
  private readonly parent: Names | undefined;
  private readonly names = new Map<string, Local>();

  constructor(parent?: Names) {
    this.parent = parent;
  }

  get(name: string): Local | undefined {
    return this.names.get(name) ?? this.parent?.get(name);
  }

  own(name: string): Local | undefined {
    return this.names.get(name);
  }

  add(local: Local): void {
    this.names.set(local.name, local);
  }
}
