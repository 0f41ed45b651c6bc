import type { ApiError } from "./types.gen";

/** A refusal of the server, or its absence, with words for a person. */
export class RequestError extends Error {
  readonly status: number;
  readonly detail: ApiError;
  /** The body of the answer, for errors that carry more than words. */
  readonly body: unknown;

  constructor(status: number, detail: ApiError, body?: unknown) {
    super(detail.message);
    this.name = "RequestError";
    this.status = status;
    this.detail = detail;
    this.body = body;
  }
}

/** Asks the server. The promise rejects with a RequestError, or with an AbortError when signal fires. */
export async function request<T>(method: string, path: string, body?: unknown, signal?: AbortSignal): Promise<T> {
  let response: Response;
  try {
    response = await fetch(path, {
      method,
      signal: signal ?? null,
      headers: body === undefined ? { Accept: "application/json" } : { Accept: "application/json", "Content-Type": "application/json" },
      body: body === undefined ? null : JSON.stringify(body),
    });
  } catch (err) {
    if (err instanceof DOMException && err.name === "AbortError") throw err;
    throw new RequestError(0, { code: "unreachable", message: "the server does not answer" });
  }
  if (response.status === 204) return undefined as T;
  const parsed = await readJson(response);
  if (response.ok && parsed !== undefined) return parsed as T;
  throw new RequestError(response.status, errorIn(parsed, response.status), parsed);
}

async function readJson(response: Response): Promise<unknown> {
  try {
    return (await response.json()) as unknown;
  } catch (err) {
    if (err instanceof DOMException && err.name === "AbortError") throw err;
    return undefined;
  }
}

function errorIn(body: unknown, status: number): ApiError {
  if (typeof body === "object" && body !== null && "error" in body) {
    const e = (body as { error: unknown }).error;
    if (typeof e === "object" && e !== null && "code" in e && "message" in e) return e as ApiError;
  }
  return { code: "bad_answer", message: `the server answered with status ${status} and nothing that can be read` };
}

export const get = <T>(path: string, signal?: AbortSignal) => request<T>("GET", path, undefined, signal);
export const post = <T>(path: string, body: unknown, signal?: AbortSignal) => request<T>("POST", path, body, signal);

/** A path with the parameters that have a value. */
export function withParams(path: string, params: Record<string, string | number | undefined>): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(params)) {
    if (value !== undefined && value !== "") search.set(name, String(value));
  }
  const text = search.toString();
  return text === "" ? path : `${path}?${text}`;
}
