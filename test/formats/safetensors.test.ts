import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { readSafetensors, SafetensorsError, writeSafetensors } from "../../server/formats/safetensors.ts";

const join = (pieces: readonly Uint8Array[]) => Uint8Array.from(pieces.flatMap((p) => [...p]));
const file = (header: unknown, data: Uint8Array = new Uint8Array()): Uint8Array => {
  const json = new TextEncoder().encode(typeof header === "string" ? header : JSON.stringify(header));
  const start = new Uint8Array(8);
  new DataView(start.buffer).setBigUint64(0, BigInt(json.length), true);
  return join([start, json, data]);
};

test("what is written is read again", () => {
  const tensor = fc.array(fc.integer({ min: 0, max: 4 }), { maxLength: 3 }).chain((shape) => {
    const length = shape.reduce((a, b) => a * b, 1);
    return fc.float32Array({ minLength: length, maxLength: length }).map((data) => ({ shape, data }));
  });
  const name = fc.string({ unit: "binary" }).filter((s) => s !== "__metadata__" && s !== "__proto__");
  fc.assert(
    fc.property(fc.uniqueArray(fc.tuple(name, tensor), { selector: ([n]) => n, maxLength: 4 }), fc.dictionary(fc.string().filter((s) => s !== "__proto__"), fc.string()), (list, metadata) => {
      const bytes = join(writeSafetensors({ tensors: new Map(list), metadata }));
      expect(Number(new DataView(bytes.buffer).getBigUint64(0, true)) % 8).toBe(0);
      const back = readSafetensors(bytes);
      expect({ ...back.metadata }).toEqual({ ...metadata });
      // Names that are whole numbers change places in a JSON object; the data finds them by its offsets.
      expect(new Map([...back.tensors].sort())).toEqual(new Map([...list].sort()));
    }),
  );
});

test("a known file, byte for byte", () => {
  const bytes = join(writeSafetensors({ tensors: new Map([["w", { shape: [2], data: Float32Array.of(1, -2) }]]), metadata: { seed: "7" } }));
  const json = '{"__metadata__":{"seed":"7"},"w":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}';
  expect(new TextDecoder().decode(bytes.subarray(8, 8 + json.length))).toBe(json);
  expect([...bytes.subarray(-8)]).toEqual([0, 0, 128, 63, 0, 0, 0, 192]);
});

describe("what is not a whole file is refused", () => {
  const entry = (change: object) => ({ w: { dtype: "F32", shape: [1], data_offsets: [0, 4], ...change } });
  const four = new Uint8Array(4);
  const cases: Record<string, Uint8Array> = {
    empty: new Uint8Array(),
    "a header longer than the file": Uint8Array.of(255, 0, 0, 0, 0, 0, 0, 0, 123, 125),
    "a header of absurd length": Uint8Array.of(255, 255, 255, 255, 255, 255, 255, 255, 123, 125),
    "no JSON": file("{nope"),
    "a list": file([]),
    "a null": file("null"),
    "metadata that is no text": file({ __metadata__: { a: 1 } }),
    "another type": file(entry({ dtype: "I64" }), four),
    "no shape": file(entry({ shape: undefined }), four),
    "a negative size": file(entry({ shape: [-1] }), four),
    "a fraction": file(entry({ shape: [0.5] }), four),
    "offsets past the end": file(entry({ data_offsets: [0, 8], shape: [2] }), four),
    "offsets the wrong way": file(entry({ data_offsets: [4, 0] }), four),
    "offsets that do not fit the shape": file(entry({ shape: [3] }), four),
    "a gap": file(entry({ data_offsets: [4, 8] }), new Uint8Array(8)),
    "an overlap": file({ a: { dtype: "F32", shape: [1], data_offsets: [0, 4] }, b: { dtype: "F32", shape: [1], data_offsets: [0, 4] } }, four),
    "bytes left over": file(entry({}), new Uint8Array(5)),
    "cut short": file(entry({}), new Uint8Array(3)),
    "an entry that is no object": file({ w: 3 }),
  };
  for (const [name, bytes] of Object.entries(cases)) test(name, () => expect(() => readSafetensors(bytes)).toThrow(SafetensorsError));

  test("any damage to a header ends in the same error or in tensors inside the file", () => {
    const whole = file(entry({}), four);
    fc.assert(
      fc.property(fc.nat(whole.length - 1), fc.nat(255), (at, value) => {
        const damaged = whole.with(at, value);
        try {
          for (const { data } of readSafetensors(damaged).tensors.values()) expect(data.byteLength).toBeLessThanOrEqual(4);
        } catch (e) {
          expect(e).toBeInstanceOf(SafetensorsError);
        }
      }),
      { numRuns: 2000 },
    );
  });
});
