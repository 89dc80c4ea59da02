import { MessageCircleQuestion } from "lucide-react";
import type { Feature } from "@/lib/features";

export default {
  page: "ask",
  title: "Ask",
  icon: MessageCircleQuestion,
  key: "a",
  order: 15,
  load: () => import("./Screen"),
} satisfies Feature;
