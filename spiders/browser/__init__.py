"""The browser lane: pages that draw themselves are drawn by a Chromium that has no network of its own."""
