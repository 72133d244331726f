import type { Dim } from "../../language/index.ts";
import { countText } from "../../language/ops/dim.ts";
import type { OptionDef, Param, Params } from "../../language/params.ts";
import { show, type Value } from "../../language/values.ts";

/** 1,234,567; past 2^53 rounded; a symbolic size as it is written. */
export function count(n: Dim): string {
  return typeof n === "number" ? countText(n) : String(n);
}

/** 0.5 as "50 %". */
export function percent(share: number): string {
  return `${Number((100 * share).toPrecision(2))} %`;
}

/** "1 parameter", "320 parameters". */
export function counted(n: Dim, noun: string): string {
  return `${count(n)} ${noun}${n === 1 ? "" : "s"}`;
}

/** The value bound where an argument is not given, as a person would write it; undefined if there is none to write. */
export function defaultOf(param: Param<unknown>): string | undefined {
  if (param.required) return undefined;
  if (param.defaultText !== undefined) return param.defaultText;
  // A word is bound as its text, and written without quotes.
  if (typeof param.default === "string" && Array.isArray(param.type.words)) return param.default;
  return param.default === undefined ? undefined : show(param.default as Value);
}

/** `stride = 1`, or the name alone where there is no default. */
export function parameterLabel(name: string, param: Param<unknown>): string {
  const value = defaultOf(param);
  return value === undefined || /\s/.test(value) ? name : `${name} = ${value}`;
}

/** What any layer with weights has: said last, and left out where space is short. */
const COMMON = new Set(["init", "bias_init", "l1", "l2", "frozen"]);

/** `conv2d(filters, kernel, stride = 1, …)`. */
export function shortSignature(name: string, params: Params, first?: string): string {
  const own = Object.entries(params).filter(([n]) => !COMMON.has(n)).map(([n, p]) => parameterLabel(n, p));
  const parts = [...(first ? [first] : []), ...own, ...(own.length < Object.keys(params).length ? ["…"] : [])];
  return parts.length > 0 ? `${name}(${parts.join(", ")})` : name;
}

/** `inputs(NAME = …, …)`: an option. */
export const optionSignature = ({ name, params, rest }: OptionDef): string => shortSignature(name, params, rest && `${rest.names} = …, …`);

/** Its documentation, type and default. */
export function parameterText(param: Param<unknown>): string {
  const value = defaultOf(param);
  const without = param.required ? "Required" : value === undefined ? "May be left out" : `Default: ${/\s/.test(value) ? value : `\`${value}\``}`;
  return `${param.doc}\n\nExpects ${param.type.expected}. ${without}.`;
}

export function code(text: string): string {
  return `\`\`\`nnet\n${text}\n\`\`\``;
}
