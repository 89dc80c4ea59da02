import { ListChecks } from "lucide-react";
import type { Feature } from "@/lib/features";

export default {
  page: "findings",
  title: "Findings",
  icon: ListChecks,
  key: "f",
  order: 10,
  load: () => import("./Screen"),
} satisfies Feature;
