import type { Line } from "./lines.ts";
import type { SyntaxProblem } from "./tree.ts";

/** Lines that only Python has: `class Net(nn.Module):`, `import torch`, `self.fc = …`, `model = Sequential([`, `layers.Dense(…`. */
const PYTHON = /^\s*(?:(?:def|class)\s+\w+[^{]*:\s*$|(?:from\s+[\w.]+\s+)?import\s+\w|(?:self|model|torch|keras|tf)\.\w+|(?:\w+\.)*(?:layers|nn)\.[A-Z]\w*\(|\w+\s*=\s*(?:\w+\.)*(?:Sequential|Model|Input)\()/;
const OWN = /^\s*(?:model|block|data|train)\s+\w[^={]*\{/;
/** Which language it is shows early. */
const LOOKED_AT = 200;

/** A file of Python is one finding, not one for each of its lines; undefined for any other. */
export function python(lines: readonly Line[]): SyntaxProblem | undefined {
  let first: Line | undefined;
  let count = 0;
  for (const line of lines.slice(0, LOOKED_AT)) {
    if (line.text.length > LOOKED_AT) continue;
    if (OWN.test(line.text)) return undefined;
    if (!PYTHON.test(line.text)) continue;
    first ??= line;
    count++;
  }
  if (!first || count < 2) return undefined;
  const start = first.text.length - first.text.trimStart().length;
  return {
    line: first, span: { line: 0, start, endLine: 0, end: first.text.trimEnd().length }, code: "statement-outside-model", cause: { kind: "script" },
    message: "this is Python, and a .nnet file says the same in its own lines: model Net { input x [784]; dense(128) -> relu; dense(10) -> softmax }",
  };
}
