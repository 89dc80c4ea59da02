export { api } from "./api";
export { client, told } from "./client";
export { rowsOf, type Cell } from "./arrow";
export { about, queries, useDataset, useFinding, useFindings, useNearest, useOthers, useProject, useSavedViews, useVersions, useViewQuery, useViewState } from "./hooks";
export { ApiError, apiUrl, ask, failureOf, failureText, getBytes, getJson, listOf, sendJson } from "./http";
export { ruleOf, tagOf } from "./fixes";
export { cancelJob, isOver, listenToServer, useLive, whenOver } from "./live";
export { giveThumb, pagesOf } from "./thumbs";
export type * from "./types";
