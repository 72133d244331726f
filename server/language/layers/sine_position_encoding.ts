import { formatShape } from "../ops/dim.ts";
import { bool, real, withDefault } from "../params.ts";
import { defineLayer, last, needsNumber } from "./define.ts";

export const sine_position_encoding = defineLayer({
  name: "sine_position_encoding",
  family: "core",
  doc: "Adds sin(p / base^(2i/c)) to entry 2i of position p, and the cosine to entry 2i + 1, without weights: [N, c] → [N, c], Vaswani et al. 2017. Of [h, w, c] the first half of the channels tells rows, the second columns, each as if c were c/2 (Parmar et al. 2018; with `normalized`, DETR, Carion et al. 2020).",
  example: "input words int [32]\nembedding(1000, 16) -> sine_position_encoding\nattention(2)",
  params: {
    base: withDefault(real({ above: 1 }), 10_000, "Wavelengths go from 2π to 2π·base."),
    normalized: withDefault(bool(), false, "Positions go from 2π/n to 2π along an axis of any length n, instead of from 0 to n − 1."),
  },
  check: (_a, [x]) => {
    const axes = x!.length - 1;
    if (axes < 1 || axes > 3) return { code: "wrong-rank", message: `sine_position_encoding needs positions along one to three axes, and channels: rank 2 to 4; it receives rank ${x!.length}` };
    const channels = last(x!);
    const wrong = needsNumber(channels, "sine_position_encoding", "its input's channels");
    if (wrong || (channels as number) % axes === 0) return wrong;
    return { code: "axes-do-not-divide", message: `sine_position_encoding: ${axes} axes share the channels of ${formatShape(x!)}, and ${channels} is no multiple of ${axes}` };
  },
  forward: (ops, a, [x]) => {
    const shape = ops.shape(x!) as number[];
    const axes = shape.length - 1;
    const own = shape[axes]! / axes;
    const entry = (index: readonly number[]) => {
      const axis = Math.floor(index[axes]! / own);
      const i = index[axes]! % own;
      const p = a.normalized ? (2 * Math.PI * (index[axis]! + 1)) / shape[axis]! : index[axis]!;
      return (i % 2 === 0 ? Math.sin : Math.cos)(p / a.base ** ((2 * Math.floor(i / 2)) / own));
    };
    return ops.add(x!, ops.table(shape, entry));
  },
  also: ["positional_encoding", "sinusoidal_encoding", "sinusoidal_position_encoding", "sinusoidal_positional_encoding"],
  names: { keras: ["keras_hub.SinePositionEncoding", { base: "max_wavelength" }] },
});
