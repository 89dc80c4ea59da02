import { SlidersHorizontal } from "lucide-react";
import type { Feature } from "@/lib/features";

export default {
  page: "curate",
  title: "Curate",
  icon: SlidersHorizontal,
  key: "c",
  order: 30,
  load: () => import("./Screen"),
} satisfies Feature;
