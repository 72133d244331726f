/** l1 and l2 of a layer's kernels: its own; those of the layer inside for `bidirectional(lstm(8, l2 = 1e-4))`. */
export function penaltiesOf({ args }: { readonly args: Readonly<Record<string, unknown>> }): { l1: number; l2: number } {
  const inner = args["layer"] as { args?: Readonly<Record<string, unknown>> } | undefined;
  const from = inner?.args ?? args;
  return { l1: Number(from["l1"] ?? 0), l2: Number(from["l2"] ?? 0) };
}
