import { GitFork } from "lucide-react";
import type { Feature } from "@/lib/features";

export default {
  page: "versions",
  title: "Versions",
  icon: GitFork,
  key: "v",
  order: 40,
  load: () => import("./Screen"),
} satisfies Feature;
