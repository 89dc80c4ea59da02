import { FileText } from "lucide-react";
import type { Feature } from "@/lib/features";

export default {
  page: "report",
  title: "Report",
  icon: FileText,
  key: "r",
  order: 50,
  load: () => import("./Screen"),
} satisfies Feature;
