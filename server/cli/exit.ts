/** What the process ends with. */
export const exit = { fine: 0, findings: 1, misuse: 2 } as const;
export type ExitCode = (typeof exit)[keyof typeof exit];

/** The command line asks for what can't be: said on stderr in one line, exit code 2. */
export class Misuse extends Error {
  override readonly name = "Misuse";
}
