import { Shapes } from "lucide-react";
import type { Feature } from "@/lib/features";

export default {
  page: "_ui",
  title: "Components",
  icon: Shapes,
  key: "_",
  order: 999,
  hidden: true,
  free: true,
  load: () => import("./Screen"),
} satisfies Feature;
