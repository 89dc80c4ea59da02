/**
 * View ⇄ URL query: compact, readable, validated.
 *
 * `?data=demo@clean&where=stats.words+%3E+50&if=language~in~["en","de"]&q=refunds&sort=-stats.words`
 * A part that cannot be read is left out and named, so that a broken link still opens the app.
 */
import { EMPTY, OPERATORS, type Camera, type Condition, type Filter, type Scalar, type Selection, type Sort, type View } from "./model";
import { searchOf } from "./search";

const NAME = /^[A-Za-z0-9][A-Za-z0-9_.-]{0,99}(@[A-Za-z0-9][A-Za-z0-9_.-]{0,99})?$/;
const ID = /^[A-Za-z0-9_-]{1,64}$/;
const MAX_TEXT = 4000;
const MAX_COLUMN = 200;
const MAX_FILTERS = 50;
const MAX_SORTS = 8;
const MAX_EXAMPLES = 50;
const MAX_IDS = 500;
const OPEN = "between open";
const CONDITION = new RegExp(
  `^("(?:[^"\\\\]|\\\\.)*"|[^~"][^~]*)~(${OPEN}|${OPERATORS.map((op) => op.replace(/[<>=!]/g, "\\$&")).join("|")})~(.*)$`,
  "s",
);

export interface Reading {
  view: View;
  /** What was ignored, each a sentence for people. */
  problems: string[];
}

export function toQuery(view: View): string {
  const parts: string[] = [];
  const add = (key: string, value: string) => parts.push(`${key}=${encode(value)}`);
  if (view.dataset !== null) add("data", view.dataset);
  for (const filter of view.filters) {
    if (typeof filter === "string") add("where", filter);
    else add("if", writeCondition(filter));
  }
  if (view.search?.query) add("q", view.search.query);
  for (const example of view.search?.like ?? []) add("like", example);
  for (const example of view.search?.unlike ?? []) add("unlike", example);
  if (view.search?.mode && view.search.mode !== "hybrid") add("by", view.search.mode);
  if (view.search?.embedding) add("embedding", view.search.embedding);
  for (const sort of view.sort) add("sort", (sort.desc ? "-" : "+") + sort.column);
  if (view.selection && "ids" in view.selection) add("rows", view.selection.ids.join(","));
  if (view.selection && "key" in view.selection) add("selection", view.selection.key);
  if (view.camera) add("map", [view.camera.x, view.camera.y, view.camera.zoom].map(short).join(","));
  if (view.row !== null) add("row", view.row);
  if (view.beside !== null) add("beside", view.beside);
  return parts.length > 0 ? `?${parts.join("&")}` : "";
}

export function fromQuery(query: string): Reading {
  const problems: string[] = [];
  const view: { -readonly [K in keyof View]: View[K] } = { ...EMPTY };
  const filters: Filter[] = [];
  const sorts: Sort[] = [];
  const search: { query?: string; like: string[]; unlike: string[]; mode?: "text" | "vector"; embedding?: string } = { like: [], unlike: [] };
  const refuse = (key: string, value: string, why: string) =>
    problems.push(`“${key}=${clip(value)}” was ignored: ${why}.`);
  for (const [key, value] of new URLSearchParams(query)) {
    switch (key) {
      case "data":
      case "beside":
        if (NAME.test(value)) view[key === "data" ? "dataset" : "beside"] = value;
        else refuse(key, value, "a dataset is written name or name@version");
        break;
      case "where":
      case "if": {
        const filter = key === "if" ? readCondition(value) : plain(value) ? value : null;
        if (filters.length >= MAX_FILTERS) refuse(key, value, `a view has at most ${MAX_FILTERS} filters`);
        else if (filter !== null) filters.push(filter);
        else refuse(key, value, key === "if" ? "a condition is written column~operator~value" : "it is empty, too long or has control characters");
        break;
      }
      case "q":
        if (plain(value)) search.query = value;
        else refuse(key, value, "it is empty, too long or has control characters");
        break;
      case "like":
      case "unlike":
        if (!plain(value)) refuse(key, value, "it is empty, too long or has control characters");
        else if (search[key].length >= MAX_EXAMPLES) refuse(key, value, `a search has at most ${MAX_EXAMPLES} examples of a kind`);
        else search[key].push(value);
        break;
      case "by":
        if (value === "text" || value === "vector") search.mode = value;
        else refuse(key, value, "rows are searched by text or by vector");
        break;
      case "embedding":
        if (isColumn(value)) search.embedding = value;
        else refuse(key, value, "this is not the name of an embedding");
        break;
      case "sort": {
        const column = value.replace(/^[-+ ]/, "");
        if (sorts.length >= MAX_SORTS) refuse(key, value, `at most ${MAX_SORTS} columns can sort`);
        else if (isColumn(column)) sorts.push({ column, desc: value.startsWith("-") });
        else refuse(key, value, "this is not the name of a column");
        break;
      }
      case "rows":
      case "selection": {
        const selection = readSelection(key, value);
        if (selection) view.selection = selection;
        else refuse(key, value, "it does not describe a selection");
        break;
      }
      case "map": {
        const camera = readCamera(value);
        if (camera) view.camera = camera;
        else refuse(key, value, "a place on the map is three numbers: x, y, zoom");
        break;
      }
      case "row":
        if (ID.test(value)) view.row = value;
        else refuse(key, value, "this is not the id of a row");
        break;
      case "token":
        break;
      default:
        refuse(key, value, "a view has no such part");
    }
  }
  view.filters = filters;
  view.sort = sorts;
  view.search = searchOf(search);
  return { view, problems: problems.slice(0, 6) };
}

function writeCondition({ column, op, value, right }: Condition): string {
  const name = /^[^~"]/.test(column) && !column.includes("~") ? column : JSON.stringify(column);
  return `${name}~${op === "between" && right === "open" ? OPEN : op}~${value === undefined ? "" : JSON.stringify(value)}`;
}

function readCondition(text: string): Condition | null {
  const match = text.length <= MAX_TEXT ? CONDITION.exec(text) : null;
  if (!match) return null;
  const [, name = "", op = "", json = ""] = match;
  const column: unknown = name.startsWith('"') ? parse(name) : name;
  const value = json === "" ? undefined : parse(json);
  if (typeof column !== "string" || !isColumn(column) || !isValue(value, op)) return null;
  if (op === OPEN) return { column, op: "between", value, right: "open" };
  return value === undefined ? { column, op: op as Condition["op"] } : { column, op: op as Condition["op"], value };
}

function isValue(value: unknown, op: string): value is Condition["value"] {
  if (op === "is null" || op === "is not null") return value === undefined;
  const list = op === "in" || op === "not in" || op.startsWith("between");
  if (!list) return isScalar(value);
  return Array.isArray(value) && value.every(isScalar) && (!op.startsWith("between") || value.length === 2);
}

function isScalar(value: unknown): value is Scalar {
  return value === null || ["string", "number", "boolean"].includes(typeof value);
}

function parse(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return Symbol("unreadable");
  }
}

function readSelection(key: "rows" | "selection", value: string): Selection | null {
  if (key === "selection") return ID.test(value) ? { key: value } : null;
  const ids = value.split(",");
  return ids.length <= MAX_IDS && ids.every((id) => ID.test(id)) ? { ids } : null;
}

function readCamera(value: string): Camera | null {
  const [x, y, zoom, ...rest] = value.split(",").map(number);
  if (x === undefined || y === undefined || zoom === undefined || rest.length > 0) return null;
  const sound = [x, y].every((n) => Math.abs(n) <= 1000) && zoom > 0 && zoom <= 1e6;
  return sound ? { x, y, zoom } : null;
}

/** NaN for all but a plain decimal number: `Number("")` is 0 and `Number("0x10")` is 16. */
function number(text: string): number {
  return /^-?\d+(\.\d+)?(e-?\d+)?$/.test(text) ? Number(text) : NaN;
}

function isColumn(text: string): boolean {
  return text.length <= MAX_COLUMN && plain(text);
}

function plain(value: string): boolean {
   
  return value.trim().length > 0 && value.length <= MAX_TEXT && !/[\u0000-\u0008\u000e-\u001f]/.test(value);
}

function short(value: number): string {
  return String(Number(value.toPrecision(5)));
}

/**
 * Leaves what a person reads; escapes what would change the query's meaning or break in a mail, and
 * what the address bar would escape by itself (').
 */
function encode(value: string): string {
  return encodeURIComponent(value.toWellFormed()).replaceAll("'", "%27").replace(/%(20|2C|3A|40|2F|3B|24|5B|5D|3F|3D)/g, (escape, code: string) =>
    code === "20" ? "+" : decodeURIComponent(escape),
  );
}

function clip(value: string): string {
  return value.length > 40 ? `${value.slice(0, 40)}…` : value;
}
