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
    const said = wrapped(`${name} … ${answer} (${((performance.now() - began) / 1000).toFixed(1)} s)`, columns);
    line(`${isTTY ? said : said.slice(name.length + 3)}\n`);
    return answer;
  } catch (error) {
    console.log("failed");
    throw error;
  }
}

/** Broken at spaces; the later lines stand in a little. */
function wrapped(text, width) {
  const [first, ...words] = text.trim().split(" ");
  const lines = [`${/^ */.exec(text)[0]}${first}`];
  for (const word of words) {
    const last = lines[lines.length - 1];
    if (last.length + 1 + word.length < width) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(`    ${word}`);
  }
  return lines.join("\n");
}
