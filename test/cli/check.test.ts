import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, openSync, rmSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { bad, broken, cli, folder, good, root } from "./run.ts";

const f = folder();
f.write("good.nnet", good);
f.write("bad.nnet", bad);
mkdirSync(join(f.path, "more/.hidden"), { recursive: true });
mkdirSync(join(f.path, "none"));
f.write("more/broken.nnet", broken);
f.write("more/.hidden/bad.nnet", bad);
f.write("more/notes.txt", "not a model");

interface Report {
  diagnostics: Record<string, string | number>[];
}
const report = (...args: string[]): Report => JSON.parse(f.run("check", ...args, "--json").stdout) as Report;

describe("check", () => {
  test("ends with 0 where nothing is found, and says so", () => {
    expect(f.run("check", "good.nnet")).toEqual({ code: 0, stdout: "nothing to report in 1 file\n", stderr: "" });
  });

  test("shows the place, the line and what would do", () => {
    const { code, stdout } = f.run("check", "bad.nnet");
    expect(code).toBe(1);
    expect(stdout).toMatchInlineSnapshot(`
      "bad.nnet:3:14 error[kernel-too-large] conv2d: kernel 31 exceeds the 8×8 input; the largest that fits is 8 ([8, 8, 1] comes from input image, line 2)
        3 │   conv2d(16, 31) -> relu
          │              ^^
        see bad.nnet:2:9 input image gives [8, 8, 1]
        fix kernel 31 → 8, the largest that fits

      1 error in 1 file
      "
    `);
  });

  test("--json has the contract's fields and no others", () => {
    const { diagnostics } = report("bad.nnet");
    expect(diagnostics).toEqual([{ file: "bad.nnet", line: 3, column: 14, endLine: 3, endColumn: 16, severity: "error", code: "kernel-too-large", message: expect.stringContaining("kernel 31") }]);
    expect(report("good.nnet")).toEqual({ diagnostics: [] });
  });

  test("several files and folders, each named once, hidden ones not", () => {
    expect(report("bad.nnet", "more", "./bad.nnet", "good.nnet").diagnostics.map((d) => d["file"])).toEqual(["bad.nnet", join("more", "broken.nnet")]);
  });

  test("warnings are findings, hints are not", () => {
    f.write("warned.nnet", good.replace("dense(classes)", "let unused = in -> dense(2)\n  dense(classes)"));
    const { diagnostics } = report("warned.nnet");
    expect(diagnostics.length).toBeGreaterThan(0);
    const counts = diagnostics.some((d) => d["severity"] === "error" || d["severity"] === "warning");
    expect(f.run("check", "warned.nnet").code).toBe(counts ? 1 : 0);
  });

  test("what is allowed is silent, and counted", () => {
    f.write("allowed.nnet", "model M {\n  input x [4]\n  dense(64, bias_init = constant(-10)) -> relu  // allow dead-relu: the paper does this\n  dense(2) -> softmax\n}\n");
    expect(f.run("check", "allowed.nnet")).toEqual({ code: 0, stdout: "nothing to report, 1 allowed in 1 file\n", stderr: "" });
    expect(report("allowed.nnet")).toEqual({ diagnostics: [] });
  });

  test("the data file is looked at: classes that do not fit, from the file's own rows", () => {
    f.write("rows.csv", `a,kind\n${"0.5,oak\n0.1,elm\n-0.3,ash\n".repeat(40)}`);
    f.write("data.nnet", 'data d {\n  source = csv("rows.csv")\n  label = kind\n}\nmodel M {\n  input x [1]\n  dense(16) -> tanh\n  dense(10) -> softmax\n}\ntrain M on d { epochs = 500 }\n');
    expect(f.run("check", "data.nnet").code).toBe(1);
    expect(report("data.nnet").diagnostics).toMatchObject([{ code: "units-against-classes", severity: "error", line: 8, message: expect.stringContaining("kind has 3 classes (oak, elm, ash; measured over 120 rows), and the model gives 10 outputs") }]);
  });

  test("--explain prints a diagnostic's page", () => {
    const { code, stdout } = f.run("check", "--explain", "kernel-too-large");
    expect(code).toBe(0);
    expect(stdout).toMatch(/^# kernel-too-large\n/);
    expect(f.run("check", "--explain", "../../README")).toMatchObject({ code: 2, stderr: expect.stringContaining("kernel-too-large") });
  });

  test("carets stand under what they mean: tabs, wide characters, long lines", () => {
    f.write("odd.nnet", `model M {\n  input x [4]\n\tdense(3, /* */ 漢)\n  dense(${"1 + ".repeat(60)}oops)\n}\n`);
    const lines = f.run("check", "odd.nnet").stdout.split("\n");
    for (const l of lines.filter((l) => l.includes("│"))) expect(l.length).toBeLessThanOrEqual(80);
    expect(lines.join("\n")).not.toContain("\t");
  });
});

test("misuse ends with 2 and says what is wrong on stderr", () => {
  const cases: [string[], RegExp][] = [
    [["check"], /Name a file/],
    [["check", "absent.nnet"], /absent\.nnet: there is no such file/],
    [["check", "good.nnet", "absent"], /no such file/],
    [["check", "none"], /no \.nnet file in none/],
    [["check", "--bogus", "good.nnet"], /unknown option '--bogus'/],
    [["chekc"], /Did you mean check/],
    [[], /Usage: nnet/],
    [["summary"], /missing required argument/],
    [["summary", "good.nnet", "--model", "Nobody"], /no model Nobody; there are M/],
    [["train", "good.nnet", "--epochs", "0"], /whole number from 1/],
    [["train", "good.nnet", "--engine", "abacus"], /Allowed choices/],
    [["train", "absent.nnet"], /no such file/],
    [["predict", "good.nnet"], /required option.*--data/],
    [["predict", "good.nnet", "--data", "absent.csv"], /absent\.csv: there is no such file/],
    [["format", "--stdin", "good.nnet"], /name no file/],
    [["format", "--write", "--check", "good.nnet"], /cannot be used with/],
    [["check", ""], /"": there is no such file/],
    [["lsp", "--socket", "99999"], /a port, from 1 to 65535/],
    [["lsp", "--socket", "1"], /no connection to port 1/],
    [["lsp", "--pipe", join(f.path, "no.pipe")], /no connection to .*no\.pipe/],
    [["lsp", "--node-ipc"], /use --stdio/],
  ];
  for (const [args, message] of cases) {
    const { code, stdout, stderr } = f.run(...args);
    expect({ args, code, stdout }).toEqual({ args, code: 2, stdout: "" });
    expect(stderr).toMatch(message);
  }
});

test("a device is no file, however it is named, and what can't be written is said", (context) => {
  if (!existsSync("/dev/zero") || !existsSync("/dev/full")) return context.skip();
  expect(f.run("check", "/dev/zero")).toMatchObject({ code: 2, stderr: "nnet: /dev/zero: it is a device, not a file\n" });
  symlinkSync("/dev/zero", join(f.path, "endless.nnet"));
  f.write("imports.nnet", `import { A } from "./endless.nnet"\n${good}`);
  expect(f.run("check", "imports.nnet")).toMatchObject({ code: 1, stdout: expect.stringContaining("import-not-found") });
  rmSync(join(f.path, "endless.nnet"));
  const { status, stderr } = spawnSync(process.execPath, [cli, "check", "good.nnet"], { cwd: f.path, stdio: ["ignore", openSync("/dev/full", "w"), "pipe"], encoding: "utf8" });
  expect([status, stderr]).toEqual([1, expect.stringContaining("standard output can't be written")]);
});

test("helps have examples and fit 80 columns", () => {
  for (const command of ["check", "summary", "format", "train", "predict", "engine", "lsp"]) {
    for (const args of [[command, "--help"], ["help", command]]) {
      const { code, stdout } = f.run(...args);
      expect(code).toBe(0);
      expect(stdout).toMatch(new RegExp(`Examples:\n  \\$ nnet ${command}`));
      for (const line of stdout.split("\n")) expect(line.length).toBeLessThanOrEqual(80);
    }
  }
  const { stdout } = f.run("--help");
  for (const line of stdout.split("\n")) expect(line.length).toBeLessThanOrEqual(80);
});

test("--version is the package's", async () => {
  const { default: manifest } = (await import(join(root, "package.json"), { with: { type: "json" } })) as { default: { version: string } };
  expect(f.run("--version").stdout).toBe(`${manifest.version}\n`);
});

test("--explain says which code is near; a long line says where it goes on", () => {
  expect(f.run("check", "--explain", "kernel-too-larg")).toMatchObject({ code: 2, stderr: expect.stringMatching(/did you mean kernel-too-large\?\n$/) });
  f.write("wide.nnet", `model Wide { input x [8, 8, 1]; ${"relu -> ".repeat(20)}conv2d(2, 9) -> relu -> relu -> relu -> relu -> relu -> relu -> relu }\n`);
  expect(f.run("check", "wide.nnet").stdout).toMatch(/1 │ ….*conv2d\(2, 9\).*…\n/);
});
