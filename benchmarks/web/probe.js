// Watches the app from inside the page: when something was seen, how long it took, what was blank.
// Injected before the app's own scripts. All times are those of performance.now().
(() => {
  const inputs = {};
  const pictures = [];
  const events = [];
  for (const type of ["pointerdown", "pointerup", "pointermove", "keydown", "wheel"])
    window.addEventListener(type, (event) => (inputs[type] = event.timeStamp), { capture: true, passive: true });
  new PerformanceObserver((list) => {
    for (const one of list.getEntries()) if (one.name === "map picture") pictures.push({ at: one.startTime, ...one.detail });
  }).observe({ entryTypes: ["mark"] });
  new PerformanceObserver((list) => {
    for (const one of list.getEntries()) if (one.interactionId) events.push({ id: one.interactionId, start: one.startTime, ms: one.duration, name: one.name });
  }).observe({ type: "event", durationThreshold: 16, buffered: true });

  // A message that is sent in a frame's callback is answered when that frame was handed over.
  const painted = () =>
    new Promise((resolve) => {
      const channel = new MessageChannel();
      channel.port1.onmessage = () => resolve(performance.now());
      requestAnimationFrame(() => channel.port2.postMessage(0));
    });
  // When `holds` was first true in a frame, and that frame was painted.
  const seen = (holds, limit = 20_000) =>
    new Promise((resolve, reject) => {
      const began = performance.now();
      const look = () => {
        if (holds()) {
          const channel = new MessageChannel();
          channel.port1.onmessage = () => resolve(performance.now());
          channel.port2.postMessage(0);
        } else if (performance.now() - began > limit) reject(new Error(`not seen within ${limit} ms: ${holds}`));
        else requestAnimationFrame(look);
      };
      requestAnimationFrame(look);
    });

  const find = (selector) => document.querySelector(selector);
  const dim = (element) => element === null || element.closest(".stale") !== null || element.querySelector(".stale") !== null;
  const parts = {
    rows: () => find('[role=grid][aria-label="Rows in view"] [role=row] [role=gridcell] [role=checkbox]') !== null,
    facets: () => find("[aria-label=Facets] [role=group] h3") !== null,
    map: () => pictures.length > 0,
    findings: () => find("[data-finding]") !== null,
    cards: () => find("[role=slider]") !== null,
  };
  // The number of rows in view, above the table; null while it is not that of the view.
  const count = () => {
    const line = find("main span[aria-live=polite]");
    return line === null || line.className.includes("stale") ? null : line.textContent;
  };
  const facetsFresh = () => !dim(find("[aria-label=Facets] > div"));
  // How many rows fail the rule whose threshold is held, and how many the whole recipe keeps.
  const judged = (name) => {
    const line = find("header p[aria-live=polite]");
    const rule = find(`[role=slider][aria-label^="${name}"]`)?.closest("li");
    if (line === null || line.className.includes("stale") || !rule) return null;
    return `${/[\d,]+ fails? it/.exec(rule.textContent)?.[0]} ${line.textContent}`;
  };
  const selected = () => {
    const line = find('[role=toolbar][aria-label="Selected rows"] span[aria-live=polite]');
    return line === null || line.className.includes("stale") || line.textContent.startsWith("…") ? null : line.textContent;
  };

  // Frames and blank rows while something goes on.
  let watching = null;
  const watch = () => {
    const now = { frames: [], blanks: [], since: null, pictures: pictures.length };
    watching = now;
    const look = (time) => {
      if (watching !== now) return;
      now.frames.push(time);
      const blank = blankRows();
      if (blank && now.since === null) now.since = time;
      if (!blank && now.since !== null) {
        now.blanks.push(time - now.since);
        now.since = null;
      }
      requestAnimationFrame(look);
    };
    requestAnimationFrame(look);
  };
  const stop = () => {
    const { frames, blanks, since, pictures: before } = watching;
    watching = null;
    if (since !== null) blanks.push(performance.now() - since);
    return { frames, blanks, pictures: pictures.slice(before) };
  };
  // Whether a part of the table's window shows no row, or one without values.
  const blankRows = () => {
    const grid = find('[role=grid][aria-label="Rows in view"]');
    if (grid === null) return false;
    const area = grid.getBoundingClientRect();
    let top = Infinity;
    let bottom = -Infinity;
    for (const row of grid.querySelectorAll('[role=row]:not([aria-rowindex="1"])')) {
      const place = row.getBoundingClientRect();
      if (place.bottom <= area.top + 35 || place.top >= area.bottom - 1) continue;
      if (row.querySelector("[role=checkbox]") === null) return true;
      top = Math.min(top, place.top);
      bottom = Math.max(bottom, place.bottom);
    }
    return top > area.top + 36 || bottom < area.bottom - 16;
  };

  window.bench = { inputs, pictures, events, painted, seen, parts, count, facetsFresh, judged, selected, watch, stop };
})();
