/** The generated client: paths, parameters and bodies are checked against openapi.json. */
import createClient from "openapi-fetch";
import { basePath } from "@/lib/route";
import { ApiError } from "./http";
import type { paths } from "./schema";

export const client = createClient<paths>({ baseUrl: basePath().replace(/\/$/, ""), credentials: "same-origin" });

interface Answered<T> {
  data?: T;
  error?: unknown;
  response: Response;
}

/** The answer, or an `ApiError`: `await told(client.GET("/api/project", {}))`. */
export async function told<T>(answer: Promise<Answered<T>>): Promise<T> {
  const { data, error, response } = await answer;
  if (response.ok) return data as T;
  throw new ApiError(response.status, typeof error === "object" && error !== null ? { ...error } : {});
}
