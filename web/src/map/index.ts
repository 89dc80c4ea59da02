export { MapView, type MapHandle } from "./MapView";
export type { Name } from "./Names";
export type { Tool } from "./gestures";
export { decode } from "./geometry";
export { countBits, hasBit, levels, maskOf } from "./mask";
export { paletteOf, type ColorKind, type Inks, type Palette } from "./palette";
