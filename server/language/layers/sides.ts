import { either, listOf, type ParamType, whole } from "../params.ts";

/** 1, [vertical, horizontal], or [top, bottom, left, right]. */
export function sides(): ParamType<number | readonly number[]> {
  return either(whole({ min: 0 }), listOf(whole({ min: 0 }), "[vertical, horizontal] or [top, bottom, left, right]"));
}

/** [[top, bottom], [left, right]]; undefined for a list of another length. */
export function perAxis(value: number | readonly number[]): readonly (readonly [number, number])[] | undefined {
  if (typeof value === "number") return [[value, value], [value, value]];
  const [a, b, c, d] = value as [number, number, number, number];
  if (value.length === 2) return [[a, a], [b, b]];
  return value.length === 4 ? [[a, b], [c, d]] : undefined;
}

export const sidesProblem = (layer: string, arg: string) => ({ code: "bad-argument", message: `${layer}: ${arg} is a number, [vertical, horizontal], or [top, bottom, left, right]`, arg });
