/// Sandboxes and containers behind a CRI-like seam.
package dev.longshore.runtime;
