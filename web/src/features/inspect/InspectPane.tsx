import { useDeferredValue } from "react";
import { useView } from "@/lib/view";
import { Row } from "./Row";

/** The row in focus, beside another screen. */
export default function InspectPane() {
  // What is beside it shows the new row first; there is much to draw of it here.
  const id = useDeferredValue(useView((view) => view.row));
  return id && <Row id={id} full={false} />;
}
