import { type CancellationToken, type Connection, ErrorCodes, LSPErrorCodes, ResponseError } from "vscode-languageserver";
import { Refusal } from "../features/index.ts";

/**
 * Answers one request at a time. A request that fails answers so, and nothing else is touched by it; one that was
 * cancelled while it waited is not worked on.
 */
export class Requests {
  private readonly connection: Connection;
  /** Requests that the editor asks again where their text has changed meanwhile. */
  asksAgain: ReadonlySet<string> = new Set();

  constructor(connection: Connection) {
    this.connection = connection;
  }

  /** `version` gives the number of the text that a request is about. */
  on<P>(method: string, version: (params: P) => number | undefined, handler: (params: P) => unknown): void {
    this.connection.onRequest(method, (params: P, token: CancellationToken): unknown => {
      if (token.isCancellationRequested) return cancelled(method);
      if (!this.asksAgain.has(method)) return this.answer(method, params, handler);
      const asked = version(params);
      return afterNextMessage(() => {
        if (token.isCancellationRequested) return cancelled(method);
        if (version(params) !== asked) return new ResponseError(LSPErrorCodes.ContentModified, `${method}: the text has changed since`);
        return this.answer(method, params, handler);
      });
    });
  }

  private answer<P>(method: string, params: P, handler: (params: P) => unknown): unknown {
    const start = performance.now();
    try {
      return handler(params);
    } catch (cause) {
      if (cause instanceof Refusal) return new ResponseError(LSPErrorCodes.RequestFailed, cause.message);
      this.failed(method, cause);
      return new ResponseError(ErrorCodes.InternalError, `${method} failed: ${cause instanceof Error ? cause.message : String(cause)}`);
    } finally {
      this.connection.tracer.log(method, `${(performance.now() - start).toFixed(2)} ms`);
    }
  }

  failed(what: string, cause: unknown): void {
    this.connection.console.error(`${what} failed: ${cause instanceof Error ? (cause.stack ?? cause.message) : String(cause)}`);
  }

  /** For notifications, which have no answer. */
  guarded<P>(what: string, handler: (params: P) => void) {
    return (params: P): void => {
      try {
        handler(params);
      } catch (cause) {
        this.failed(what, cause);
      }
    };
  }
}

function cancelled(method: string): ResponseError {
  return new ResponseError(LSPErrorCodes.RequestCancelled, `${method} was cancelled`);
}

/** Each turn of the event loop handles one message: in the second one a change or cancellation right behind is known. */
function afterNextMessage(work: () => unknown): Promise<unknown> {
  return new Promise((done) => setImmediate(() => setImmediate(() => done(work()))));
}
