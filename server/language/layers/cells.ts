import { optional, whole } from "../params.ts";
import { bias, kernel, type WeightSpec } from "./define.ts";
import { type Cell, type CellArgs, gate } from "./recurrent.ts";

/** Kernels with their gates side by side: [inputs, gates·units] and [outputs, gates·units]. */
function kernels(inputs: number, gates: number, args: CellArgs): Record<string, WeightSpec> {
  const { units, projection } = args;
  return {
    kernel: kernel([inputs, gates * units], args),
    recurrent_kernel: kernel([projection ?? units, gates * units], { ...args, init: args.recurrent_init }),
  };
}

/** h ← tanh(xW + hU + b). Elman 1990. */
export const simpleCell: Cell = {
  name: "simple_rnn",
  doc: "Carries a state along the positions: h ← tanh(xW + hU + b). Its gradient vanishes over long sequences. Elman 1990.",
  states: ({ units }) => [units],
  weights: (inputs, args) => ({ ...kernels(inputs, 1, args), bias: bias([args.units], args) }),
  step: (ops, x, [h], w) => [ops.tanh(ops.add(ops.add(ops.matmul(x, w.kernel!), ops.matmul(h!, w.recurrent_kernel!)), w.bias!))],
  keras: "SimpleRNN",
  torch: "RNN",
};

/** Gates i, f, c, o as Keras; the forget gate's bias starts at 1 (Jozefowicz et al. 2015). */
export const lstmCell: Cell = {
  name: "lstm",
  doc: "Long short-term memory: gates decide what a cell state forgets, takes in and shows. Hochreiter and Schmidhuber 1997, Gers et al. 2000.",
  params: { projection: optional(whole(), "Size of what it gives: its state by a learned matrix without a bias, and what flows back into it. Sak, Senior and Beaufays 2014.", "units, without a matrix") },
  states: ({ units, projection }) => [projection ?? units, units],
  weights: (inputs, args) => ({
    ...kernels(inputs, 4, args),
    bias: { ...bias([4 * args.units], args), init: args.bias_init.name === "zeros" ? { kind: "option", name: "lstm_bias", args: {} } : args.bias_init },
    ...(args.projection !== undefined && { projection: kernel([args.units, args.projection], args) }),
  }),
  step: (ops, x, [h, c], w, { units }) => {
    const z = ops.add(ops.add(ops.matmul(x, w.kernel!), ops.matmul(h!, w.recurrent_kernel!)), w.bias!);
    const [i, f, g, o] = [0, 1, 2, 3].map((k) => gate(ops, z, k, units));
    const kept = ops.mul(ops.sigmoid(f!), c!);
    const cell = ops.add(kept, ops.mul(ops.sigmoid(i!), ops.tanh(g!)));
    const shown = ops.mul(ops.sigmoid(o!), ops.tanh(cell));
    return [w.projection === undefined ? shown : ops.matmul(shown, w.projection), cell];
  },
  torchArgs: { projection: "proj_size" },
  keras: "LSTM",
  torch: "LSTM",
};

/** Gates z, r, h with two biases a gate (`reset_after`), as Keras and cuDNN. */
export const gruCell: Cell = {
  name: "gru",
  doc: "Gated recurrent unit: an update and a reset gate on one state, two biases a gate as in Keras. Cho et al. 2014.",
  states: ({ units }) => [units],
  weights: (inputs, args) => ({ ...kernels(inputs, 3, args), bias: bias([2, 3 * args.units], args) }),
  step: (ops, x, [h], w, { units }) => {
    const row = (k: number) => ops.reshape(ops.slice(w.bias!, 0, k, 1), [3 * units]);
    const a = ops.add(ops.matmul(x, w.kernel!), row(0));
    const b = ops.add(ops.matmul(h!, w.recurrent_kernel!), row(1));
    const both = (k: number) => ops.sigmoid(ops.add(gate(ops, a, k, units), gate(ops, b, k, units)));
    const [z, r] = [both(0), both(1)];
    const candidate = ops.tanh(ops.add(gate(ops, a, 2, units), ops.mul(r, gate(ops, b, 2, units))));
    return [ops.add(ops.mul(z, h!), ops.mul(ops.sub(ops.constant(1), z), candidate))];
  },
  keras: "GRU",
  torch: "GRU",
};

export const cells: Readonly<Record<string, Cell>> = { simple_rnn: simpleCell, lstm: lstmCell, gru: gruCell };
