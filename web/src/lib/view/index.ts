export * from "./model";
export * from "./search";
export { fromQuery, toQuery } from "./url";
export { followUrl, goTo, useCanRedo, useView, useViewProblems, view } from "./store";
