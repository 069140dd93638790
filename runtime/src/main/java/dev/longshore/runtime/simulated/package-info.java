/// A runtime that only pretends, for hollow nodes: whole clusters in a test's own process.
package dev.longshore.runtime.simulated;
