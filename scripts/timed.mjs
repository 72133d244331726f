/**
 * Says what is done, what came of it and how long it took: `build … built (1.9 s)`. The work may say how far it is,
 * which shows on a terminal.
 */
export async function timed(name, work) {
  const began = performance.now();
  const { isTTY, columns = 80 } = process.stdout;
  const line = (text) => process.stdout.write(`${isTTY ? "\r\u001b[K" : ""}${text}`);
  process.stdout.write(`${name} … `);
  try {
    const answer = await work((far) => isTTY && line(`${name} … ${far}`.slice(0, columns - 1)));
    line(`${isTTY ? `${name} … ` : ""}${answer} (${((performance.now() - began) / 1000).toFixed(1)} s)\n`);
    return answer;
  } catch (error) {
    console.log("failed");
    throw error;
  }
}
