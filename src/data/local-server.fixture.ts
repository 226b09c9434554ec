/** @file A server on this machine that answers as a test tells it to, faults included, and counts what it was asked. */
import type { IncomingMessage } from "node:http";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

/** One answer: whole, broken off amid its body, or none at all. */
export type LocalAnswer =
  | { readonly status?: number; readonly headers?: Readonly<Record<string, string>>; readonly body: string }
  | { readonly cutAfter: string }
  | "never";

export interface LocalServer {
  readonly url: string;
  /** Every request so far, in order. */
  readonly requests: readonly URL[];
  close(): Promise<void>;
}

/** Starts it on a free port of 127.0.0.1; `answer` gets the request's number, from 0. */
export async function localServer(
  answer: (url: URL, number: number, request: IncomingMessage) => LocalAnswer,
): Promise<LocalServer> {
  const requests: URL[] = [];
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? "/", "http://127.0.0.1");
    requests.push(url);
    const given = answer(url, requests.length - 1, request);
    if (given === "never") return;
    const type = { "content-type": "application/json" };
    if ("cutAfter" in given) {
      response.writeHead(200, { ...type, "content-length": "100000" });
      response.write(given.cutAfter, () => setTimeout(() => response.destroy(), 10));
      return;
    }
    response.writeHead(given.status ?? 200, { ...type, ...given.headers });
    response.end(given.body);
  });
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
