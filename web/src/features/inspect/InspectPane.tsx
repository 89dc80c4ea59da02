import { useView } from "@/lib/view";
import { Row } from "./Row";

/** The row in focus, beside another screen. */
export default function InspectPane() {
  const id = useView((view) => view.row);
  return id && <Row id={id} full={false} />;
}
