import { ScanText } from "lucide-react";
import { goTo, useView } from "@/lib/view";
import { Button, EmptyState } from "@/ui";
import { Row } from "./Row";

export default function Screen() {
  const id = useView((view) => view.row);
  if (id) return <Row id={id} full />;
  return (
    <EmptyState icon={ScanText} title="No row is open" action={<Button onClick={() => goTo("explore")}>Open Explore</Button>}>
      Choose a row in Explore, or a finding's example, to read it here with everything that is known about it.
    </EmptyState>
  );
}
