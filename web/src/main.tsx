import { QueryClientProvider } from "@tanstack/react-query";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { listenToServer, queries } from "./api";
import { App } from "./features/frame/App";
import { listenToKeys } from "./lib/keys";
import { startTheme } from "./lib/theme";
import { followUrl } from "./lib/view";
import { TooltipProvider } from "./ui";
import "./ui/app.css";

startTheme();
followUrl();
listenToKeys();
listenToServer();

const root = document.getElementById("root");
if (root)
  createRoot(root).render(
    <StrictMode>
      <QueryClientProvider client={queries}>
        <TooltipProvider delayDuration={400} skipDelayDuration={200}>
          <App />
        </TooltipProvider>
      </QueryClientProvider>
    </StrictMode>,
  );
