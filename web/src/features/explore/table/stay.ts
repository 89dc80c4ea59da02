/**
 * Cells that stay when the table is scrolled sideways; only then, because each is a picture of its own
 * to the browser's compositor, and forty of them made every frame of the page dearer.
 */
export const STAY_FIRST = "group-data-aside/grid:sticky group-data-aside/grid:left-0 group-data-aside/grid:z-10";
/** The column beside it. */
export const STAY = "group-data-aside/grid:sticky group-data-aside/grid:left-9 group-data-aside/grid:z-10";
