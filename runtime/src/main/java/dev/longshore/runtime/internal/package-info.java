/// What the runtimes share and others must not touch.
package dev.longshore.runtime.internal;
