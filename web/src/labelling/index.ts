export { answer } from "./answer";
export { shown } from "./choices";
export { LabelDialog } from "./LabelDialog";
