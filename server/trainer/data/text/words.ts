/** Different words by their number: one after another, and how many. */
export interface WordList extends Iterable<string> {
  readonly length: number;
  /** By letter, in a file. */
  readonly path?: string;
}

/** Words that come by letter from each of several, once each: with what they have there. */
export function* merged<V>(sources: readonly Iterator<readonly [string, V], undefined>[]): Generator<[string, V[]], undefined> {
  const heads = sources.map((s) => s.next());
  for (;;) {
    let least: string | undefined;
    for (const { value } of heads) if (value && (least === undefined || value[0] < least)) least = value[0];
    if (least === undefined) return;
    const found: V[] = [];
    for (const [i, { value }] of heads.entries()) {
      if (value?.[0] !== least) continue;
      found.push(value[1]);
      heads[i] = sources[i]!.next();
    }
    yield [least, found];
  }
}
