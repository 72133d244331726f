/** One file over HTTP, given up early: a server that says no or nothing costs seconds. */
import { createWriteStream } from "node:fs";
import http from "node:http";
import https from "node:https";
import { pipeline } from "node:stream/promises";
import { StageFailure, throwIfStopped } from "./stages.ts";

/** Without a byte for so long, a server is given up. */
const silenceMs = 10_000;

export async function download(url: string, file: string, signal: AbortSignal, onBytes: (done: number, total: number | undefined) => void): Promise<void> {
  const stalled = new AbortController();
  const stop = AbortSignal.any([signal, stalled.signal]);
  let timer = setTimeout(() => stalled.abort(), silenceMs);
  try {
    const response = await request(url, stop, 3);
    const length = Number(response.headers["content-length"]);
    let done = 0;
    const watch = async function* (chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
      for await (const chunk of chunks) {
        clearTimeout(timer);
        timer = setTimeout(() => stalled.abort(), silenceMs);
        onBytes((done += chunk.length), length > 0 ? length : undefined);
        yield chunk;
      }
    };
    await pipeline(response, watch, createWriteStream(file), { signal: stop });
  } catch (e) {
    throwIfStopped(signal);
    if (stalled.signal.aborted) throw new StageFailure(`${new URL(url).host} is silent for ${silenceMs / 1000} s`);
    if (e instanceof StageFailure) throw e;
    const code = (e as NodeJS.ErrnoException).code;
    if (code === "ENOSPC") throw e;
    throw new StageFailure(`${new URL(url).host} can't be reached (${code ?? (e as Error).message})`);
  } finally {
    clearTimeout(timer);
  }
}

function request(url: string, signal: AbortSignal, redirects: number): Promise<http.IncomingMessage> {
  return new Promise((resolve, reject) => {
    const client = url.startsWith("http:") ? http : https;
    // HTTPS_PROXY and its like are honoured where Node can (24.5 on).
    const agent = new client.Agent({ proxyEnv: process.env });
    client.get(url, { signal, agent }, (response) => {
      const { statusCode = 0, headers } = response;
      if (statusCode === 200) return resolve(response);
      response.resume();
      if (statusCode >= 300 && statusCode < 400 && headers.location !== undefined && redirects > 0) {
        return resolve(request(new URL(headers.location, url).href, signal, redirects - 1));
      }
      reject(new StageFailure(`${new URL(url).host} answers ${statusCode}`));
    }).on("error", reject);
  });
}
