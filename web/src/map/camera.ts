/** Where the map is looked at. Data is the unit square, y upwards; the screen is CSS pixels, y down. */
import type { Camera } from "@/lib/view";

export interface Size {
  width: number;
  height: number;
}

export const HOME: Camera = { x: 0.5, y: 0.5, zoom: 1 };
const MARGIN = 0.92;
const MIN_ZOOM = 0.5;
const MAX_ZOOM = 4000;

/** CSS pixels per unit of data. */
export function scaleOf(camera: Camera, size: Size): number {
  return Math.max(1, Math.min(size.width, size.height)) * MARGIN * camera.zoom;
}

export function toScreen(camera: Camera, size: Size, x: number, y: number): [number, number] {
  const scale = scaleOf(camera, size);
  return [size.width / 2 + (x - camera.x) * scale, size.height / 2 - (y - camera.y) * scale];
}

export function toData(camera: Camera, size: Size, sx: number, sy: number): [number, number] {
  const scale = scaleOf(camera, size);
  return [camera.x + (sx - size.width / 2) / scale, camera.y - (sy - size.height / 2) / scale];
}

/** Zoom by `factor`, keeping what lies under (sx, sy) where it is. */
export function zoomAt(camera: Camera, size: Size, sx: number, sy: number, factor: number): Camera {
  const zoom = Math.max(MIN_ZOOM, Math.min(MAX_ZOOM, camera.zoom * factor));
  const [x, y] = toData(camera, size, sx, sy);
  const next = { ...camera, zoom };
  const scale = scaleOf(next, size);
  return kept({ x: x - (sx - size.width / 2) / scale, y: y + (sy - size.height / 2) / scale, zoom });
}

/** Move the picture by pixels. */
export function panBy(camera: Camera, size: Size, dx: number, dy: number): Camera {
  const scale = scaleOf(camera, size);
  return kept({ ...camera, x: camera.x - dx / scale, y: camera.y + dy / scale });
}

/** The camera that shows a box of data whole. */
export function fit(size: Size, box: readonly [x0: number, y0: number, x1: number, y1: number]): Camera {
  const [x0, y0, x1, y1] = box;
  const unit = Math.max(1, Math.min(size.width, size.height)) * MARGIN;
  const zoom = Math.min((size.width * MARGIN) / unit / Math.max(1e-4, x1 - x0), (size.height * MARGIN) / unit / Math.max(1e-4, y1 - y0));
  return { x: (x0 + x1) / 2, y: (y0 + y1) / 2, zoom: Math.max(MIN_ZOOM, Math.min(60, zoom)) };
}

/** The middle never leaves the data, so nobody gets lost. */
function kept(camera: Camera): Camera {
  return { ...camera, x: Math.max(0, Math.min(1, camera.x)), y: Math.max(0, Math.min(1, camera.y)) };
}
