import { expect, test } from "vitest";
import { neededOf } from "../../server/language/graph/needed.ts";
import { analyse } from "../../server/language/index.ts";
import { Probe } from "../../server/language/signal/index.ts";

const LENGTH = 12;

/** Two rows of numbers along an axis; what comes out in all, by a forward pass with random weights. */
function outcome(text: string, rows: readonly (readonly number[])[]): number {
  const { model } = analyse("/m.nnet", text).models[0]!;
  const probe = new Probe(model, { of: "rows", rows, at: rows.map((_, i) => i) });
  while (!probe.over) probe.complete(1e9);
  return probe.at(model.nodes[model.outputs[0]!]!)!.square;
}

/** What is found to be needed, and the positions that change what comes out, one by one. */
function both(body: string): [string, string] {
  const text = `model M {\n  input x [${LENGTH}, 1]\n  ${body}\n}\n`;
  const { model } = analyse("/m.nnet", text).models[0]!;
  const [{ from, to }] = neededOf(model)[model.inputs[0]!] as [{ from: number; to: number }];
  const row = Array.from({ length: LENGTH }, (_, i) => Math.sin(3 * i + 1));
  const before = outcome(text, [row, row]);
  const changes = row.flatMap((v, i) => (outcome(text, [row.with(i, v + 5), row.with(i, v - 7)]) === before ? [] : [i]));
  return [Array.from({ length: LENGTH }, (_, i) => i).filter((i) => i >= from && i < to).join(), changes.join()];
}

// tanh: at every position something flows back.
test.each([
  ["slice(axis = 0, start = 2, size = 3) -> flatten -> dense(3)", "2,3,4"],
  ["dense(4) -> tanh -> slice(axis = 0, start = 0, size = 1) -> flatten", "0"],
  ["conv1d(3, 3) -> tanh -> slice(axis = 0, start = 0, size = 2) -> flatten -> dense(2)", "0,1,2,3"],
  ["conv1d(3, 3, padding = same) -> tanh -> conv1d(3, 3, stride = 2, padding = same) -> slice(axis = 0, start = 1, size = 1) -> flatten", "1,2,3,4,5"],
  ["avg_pool1d(2) -> crop1d([1, 4]) -> flatten -> dense(2)", "2,3"],
  ["zero_pad1d([1, 0]) -> slice(axis = 0, start = 0, size = 3) -> flatten -> dense(2)", "0,1"],
  ["gru(3, sequences = true) -> slice(axis = 0, start = 1, size = 1) -> flatten", "0,1"],
  ["add { slice(axis = 0, start = 1, size = 1) -> flatten -> dense(2) } { slice(axis = 0, start = 5, size = 2) -> flatten -> dense(2) }", "1,2,3,4,5,6"],
  ["dense(4) -> attention(2) -> slice(axis = 0, start = 0, size = 1) -> flatten", "0,1,2,3,4,5,6,7,8,9,10,11"],
  ["lstm(4)", "0,1,2,3,4,5,6,7,8,9,10,11"],
])("of %s the positions %s can change what comes out, and no others", (body, positions) => {
  const [said, measured] = both(body);
  expect(said).toBe(positions);
  const changing = measured.split(",");
  // Of two readers the hull is told.
  expect(changing.every((i) => said.split(",").includes(i))).toBe(true);
  if (!body.startsWith("add")) expect(measured).toBe(positions);
});
