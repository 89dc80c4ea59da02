import { Compass } from "lucide-react";
import type { Feature } from "@/lib/features";

export default {
  page: "explore",
  title: "Explore",
  icon: Compass,
  key: "e",
  order: 20,
  load: () => import("./Screen"),
} satisfies Feature;
