import { ScanText } from "lucide-react";
import type { Feature } from "@/lib/features";

export default {
  page: "inspect",
  title: "Inspect",
  icon: ScanText,
  key: "i",
  order: 25,
  hidden: true,
  load: () => import("./Screen"),
  pane: () => import("./InspectPane"),
} satisfies Feature;
