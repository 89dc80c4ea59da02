/** Asking the server: one place for addresses, errors and bodies. */
import { basePath } from "@/lib/route";
import type { Failure } from "@/ui/states";

/** An answer that is an error; `failure` is what to show (`<ErrorState failure={…}>`). */
export class ApiError extends Error {
  readonly status: number;
  /** UsageError, ViewExpired, NotAllowed, … */
  readonly kind: string;
  readonly failure: Failure;
  readonly facts: Record<string, unknown>;

  constructor(status: number, body: Record<string, unknown>) {
    const message = text(body.what) ?? `The server answered ${status}.`;
    super(message);
    this.status = status;
    this.kind = text(body.error) ?? "Error";
    this.facts = body;
    this.failure = { message, where: text(body.where), allowed: text(body.allowed), remedy: text(body.remedy) };
  }
}

/** What to show for anything that was thrown. */
export function failureOf(error: unknown): Failure {
  if (error instanceof ApiError) return error.failure;
  if (error instanceof TypeError)
    return {
      message: "The server does not answer.",
      where: location.origin + basePath(),
      remedy: "start it again with assay serve, then open the URL that it prints",
    };
  return { message: error instanceof Error ? error.message : String(error) };
}

/** The same in one line, for a toast. */
export function failureText(error: unknown): string {
  const { message, remedy } = failureOf(error);
  return remedy ? `${message} ${remedy.charAt(0).toUpperCase()}${remedy.slice(1)}.`.replace(/\.\.$/, ".") : message;
}

/** `datasets`, "demo@clean", "rows" → the address, with each part quoted. */
export function apiUrl(parts: readonly string[], query: Record<string, string | number | null | undefined> = {}): string {
  const params = new URLSearchParams();
  for (const [key, value] of Object.entries(query)) if (value != null) params.set(key, String(value));
  const search = params.toString();
  return `${basePath()}api/${parts.map(encodeURIComponent).join("/")}${search && `?${search}`}`;
}

/** Names of columns in one parameter: a JSON list where commas would not tell them apart. */
export function listOf(columns: readonly string[]): string {
  return columns.some((name) => name.includes(",") || name.startsWith("[")) ? JSON.stringify(columns) : columns.join(",");
}

export async function ask(url: string, init: RequestInit = {}): Promise<Response> {
  const response = await fetch(url, { credentials: "same-origin", ...init });
  if (response.ok) return response;
  throw new ApiError(response.status, await body(response));
}

export async function getJson<T>(url: string, signal?: AbortSignal): Promise<T> {
  return (await (await ask(url, { signal })).json()) as T;
}

export async function sendJson<T>(url: string, value: unknown = {}, { method = "POST", signal }: { method?: string; signal?: AbortSignal } = {}): Promise<T> {
  const response = await ask(url, {
    method,
    signal,
    headers: { "content-type": "application/json" },
    body: JSON.stringify(value),
  });
  return (response.status === 204 ? null : await response.json()) as T;
}

export async function getBytes(url: string, signal?: AbortSignal): Promise<Uint8Array> {
  return new Uint8Array(await (await ask(url, { signal })).arrayBuffer());
}

async function body(response: Response): Promise<Record<string, unknown>> {
  try {
    const value: unknown = await response.json();
    if (typeof value === "object" && value !== null) return value as Record<string, unknown>;
  } catch {
    // Not JSON: a proxy's page, or nothing.
  }
  return {};
}

function text(value: unknown): string | null {
  return typeof value === "string" && value !== "" ? value : null;
}
