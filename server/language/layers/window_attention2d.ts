import { bool, required, whole, withDefault } from "../params.ts";
import { largestDivisor } from "../ops/dim.ts";
import { checkRank } from "./convolution.ts";
import { defineLayer, last, learned, needsNumber, weightParams } from "./define.ts";
import { HIDDEN } from "./positions.ts";
import { projected, projection } from "./projections.ts";

export const window_attention2d = defineLayer({
  name: "window_attention2d",
  family: "sequence",
  doc: "Multi-head attention within windows of an image, with a learned bias for each head and offset: [h, w, c] → [h, w, c]. `shift` moves the windows, and positions that only meet by going round the edge do not see each other. Edges that fill no window are padded with zeros. Liu et al. 2021 (Swin).",
  example: "input image [16, 16, 3]\nconv2d(32, 2, stride = 2) -> layer_norm\nadd { window_attention2d(4, window = 4) } { identity }\nadd { window_attention2d(4, window = 4, shift = 2) } { identity }",
  params: {
    heads: required(whole(), "Number of heads, which divides the channels."),
    window: withDefault(whole(), 7, "Height and width of a window."),
    shift: withDefault(whole({ min: 0 }), 0, "How far the windows are moved; half a window in every other layer. None along an axis that is one window."),
    bias: withDefault(bool(), true, "Biases of the four projections."),
    ...weightParams,
  },
  check: (a, [x]) => {
    const wrong = checkRank("window_attention2d", x!, 2) ?? x!.map((d, i) => needsNumber(d, "window_attention2d", ["its input's height", "its input's width", "its input's channels"][i]!)).find((p) => p);
    if (wrong) return wrong;
    const c = last(x!) as number;
    if (c % a.heads !== 0) {
      const fits = largestDivisor(c, a.heads);
      return { code: "heads-do-not-divide", message: `window_attention2d: ${a.heads} heads do not divide ${c} channels; ${fits} would`, arg: "heads", gives: x!, fit: { arg: "heads", value: String(fits), title: `heads = ${fits}` } };
    }
    return undefined;
  },
  weights: (a, [x]) => {
    const c = last(x!);
    const own = (name: string) => projection(name, c, c, a, a.bias);
    const offsets = learned([(2 * a.window - 1) ** 2, a.heads], { kind: "option", name: "truncated_normal", args: { std: 0.02 } }, a.frozen);
    return { ...own("query"), ...own("key"), ...own("value"), ...own("output"), offsets };
  },
  forward: (ops, a, [x], w) => {
    const [height, width, c] = ops.shape(x!) as [number, number, number];
    const { window, heads } = a;
    const [area, size] = [window * window, c / heads];
    const whole = [height, width].map((n) => Math.ceil(n / window) * window) as [number, number];
    const shift = whole.map((n) => (n > window ? a.shift % window : 0)) as [number, number];
    const [down, across] = whole.map((n) => n / window) as [number, number];
    const count = down * across;
    type V = ReturnType<typeof ops.constant>;
    const rolled = (v: V, by: readonly number[]) => by.reduce((y: V, s, axis) => (s === 0 ? y : ops.concat([ops.slice(y, axis, s, whole[axis]! - s), ops.slice(y, axis, 0, s)], axis)), v);
    const project = (v: V, name: string) => projected(ops, v, w, name);
    const padding = [[0, whole[0] - height], [0, whole[1] - width], [0, 0]] as const;
    const moved = rolled(whole[0] === height && whole[1] === width ? x! : ops.pad(x!, padding), shift);
    // [h, w, c] → [windows, positions, c]
    const windows = ops.reshape(ops.transpose(ops.reshape(moved, [down, window, across, window * c]), [0, 2, 1, 3]), [count, area, c]);
    const split = (name: string) => ops.transpose(ops.reshape(project(windows, name), [count, area, heads, size]), [0, 2, 1, 3]);
    const raw = ops.mul(ops.matmul(split("query"), split("key"), true), ops.constant(1 / Math.sqrt(size)));
    const row = (i: number) => Math.floor(i / window);
    const column = (i: number) => i % window;
    const offset = ops.table([area, area], ([i, j]) => (row(i!) - row(j!) + window - 1) * (2 * window - 1) + (column(i!) - column(j!) + window - 1));
    let scores = ops.add(raw, ops.transpose(ops.gather(w.offsets!, offset), [2, 0, 1]));
    if (shift.some((s) => s > 0)) {
      // Of the whole image moved round, the parts that were neighbours before.
      const part = (at: number, axis: 0 | 1) => (at < whole[axis] - window ? 0 : at < whole[axis] - shift[axis] ? 1 : 2);
      const partOf = (n: number, i: number) => part(Math.floor(n / across) * window + row(i), 0) * 3 + part((n % across) * window + column(i), 1);
      scores = ops.add(scores, ops.table([count, 1, area, area], ([n, , i, j]) => (partOf(n!, i!) === partOf(n!, j!) ? 0 : HIDDEN)));
    }
    const mixed = ops.reshape(ops.transpose(ops.matmul(ops.softmax(scores), split("value")), [0, 2, 1, 3]), [count, area, c]);
    const y = ops.reshape(ops.transpose(ops.reshape(project(mixed, "output"), [down, across, window, window * c]), [0, 2, 1, 3]), [...whole, c]);
    const back = rolled(y, shift.map((s, axis) => (s === 0 ? 0 : whole[axis]! - s)));
    return whole[0] === height && whole[1] === width ? back : ops.pad(back, padding.map(([b, e]) => [-b, -e] as const));
  },
  also: ["swin", "shifted_window_attention"],
  names: { torch: ["ShiftedWindowAttention", { heads: "num_heads", window: "window_size", shift: "shift_size" }] },
});
