import { real, withDefault } from "../params.ts";
import { checkRank } from "./convolution.ts";
import { defineLayer, last, needsNumber } from "./define.ts";

export const sine_position_encoding = defineLayer({
  name: "sine_position_encoding",
  family: "core",
  doc: "Adds sin(p / base^(2i/c)) to entry 2i of position p, and the cosine to entry 2i + 1: [N, c] → [N, c], without weights. Vaswani et al. 2017.",
  example: "input words int [32]\nembedding(1000, 16) -> sine_position_encoding\nattention(2)",
  params: { base: withDefault(real({ above: 1 }), 10_000, "Wavelengths go from 2π to 2π·base.") },
  check: (_a, [x]) => checkRank("sine_position_encoding", x!, 1) ?? needsNumber(last(x!), "sine_position_encoding", "its input's channels"),
  forward: (ops, a, [x]) => {
    const [n, c] = ops.shape(x!) as [number, number];
    return ops.add(x!, ops.table([n, c], ([p, i]) => (i! % 2 === 0 ? Math.sin : Math.cos)(p! / a.base ** ((2 * Math.floor(i! / 2)) / c))));
  },
  also: ["positional_encoding", "sinusoidal_encoding", "sinusoidal_position_encoding", "sinusoidal_positional_encoding"],
  names: { keras: ["keras_hub.SinePositionEncoding", { base: "max_wavelength" }] },
});
