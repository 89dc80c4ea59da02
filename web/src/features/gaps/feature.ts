import { CircleDashed } from "lucide-react";
import type { Feature } from "@/lib/features";

export default {
  page: "gaps",
  title: "Gaps",
  icon: CircleDashed,
  key: "g",
  order: 35,
  load: () => import("./Screen"),
} satisfies Feature;
