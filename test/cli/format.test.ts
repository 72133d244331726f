import { chmodSync, lstatSync, readdirSync, readFileSync, statSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { broken, folder, good } from "./run.ts";

const f = folder();
const ugly = good.replace("  dense(8)", "     dense( 8 )");
const read = (name: string): string => readFileSync(join(f.path, name), "utf8");

test("prints the standard form and leaves the file alone", () => {
  f.write("a.nnet", ugly);
  expect(f.run("format", "a.nnet")).toEqual({ code: 0, stdout: good, stderr: "" });
  expect(read("a.nnet")).toBe(ugly);
});

test("--stdin", () => {
  expect(f.feed(ugly, "format", "--stdin")).toEqual({ code: 0, stdout: good, stderr: "" });
  expect(f.feed(broken, "format", "--stdin")).toMatchObject({ code: 1, stdout: "" });
});

test("--check names what would change", () => {
  f.write("b.nnet", ugly);
  f.write("c.nnet", good);
  expect(f.run("format", "--check", "b.nnet", "c.nnet")).toMatchObject({ code: 1, stdout: "b.nnet\n" });
  expect(f.run("format", "--check", "c.nnet")).toMatchObject({ code: 0, stdout: "" });
});

test("--write keeps mode and links, leaves nothing behind, and does nothing the second time", () => {
  const file = f.write("d.nnet", ugly);
  chmodSync(file, 0o640);
  symlinkSync("d.nnet", join(f.path, "link.nnet"));
  const before = readdirSync(f.path);
  expect(f.run("format", "--write", "link.nnet")).toMatchObject({ code: 0, stdout: "link.nnet\n" });
  expect(read("d.nnet")).toBe(good);
  expect(statSync(file).mode & 0o777).toBe(0o640);
  expect(lstatSync(join(f.path, "link.nnet")).isSymbolicLink()).toBe(true);
  expect(readdirSync(f.path)).toEqual(before);
  expect(f.run("format", "--write", "d.nnet").stdout).toBe("");
});

test("a file with a syntax error stays as it is", () => {
  f.write("e.nnet", broken);
  const { code, stdout, stderr } = f.run("format", "--write", "e.nnet");
  expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
  expect(stderr).toMatch(/left as it is[\s\S]*e\.nnet:3:\d+ error/);
  expect(read("e.nnet")).toBe(broken);
});

test("several files need --write or --check", () => {
  f.write("g.nnet", good);
  f.write("h.nnet", good);
  expect(f.run("format", "g.nnet", "h.nnet").code).toBe(2);
});
