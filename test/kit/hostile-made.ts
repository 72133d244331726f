/** A text that nobody writes by hand, and the workspace around it. Made when it is asked for: some are large. */
export interface Hostile {
  readonly name: string;
  readonly text: () => string;
  /** Other files by their paths from the text's folder. */
  readonly files?: () => Readonly<Record<string, string>>;
  /** Codes of which one is to be found; none where the text is merely odd. */
  readonly codes: readonly string[];
}

export const body = (statements: string, input = "[4]"): string => `model M {\n  input x ${input}\n  ${statements}\n}\n`;
export const dense = (units: string): string => body(`dense(${units})`);
export const many = (count: number, line: (i: number) => string): string => Array.from({ length: count }, (_, i) => line(i)).join("\n");
export const hostile = (name: string, codes: string, text: () => string, files?: Hostile["files"]): Hostile => ({ name, codes: codes.split(" ").filter(Boolean), text, ...(files && { files }) });
