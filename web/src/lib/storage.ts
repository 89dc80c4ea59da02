/** Small preferences that stay in this browser. Storage may be full or forbidden: then they don't. */
export function remembered(key: string): string | null {
  try {
    return localStorage.getItem(`assay.${key}`);
  } catch {
    return null;
  }
}

export function remember(key: string, value: string | null): void {
  try {
    if (value === null) localStorage.removeItem(`assay.${key}`);
    else localStorage.setItem(`assay.${key}`, value);
  } catch {
    // Nothing depends on it.
  }
}
