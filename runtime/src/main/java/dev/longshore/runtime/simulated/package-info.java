/// A runtime that runs nothing: for hollow nodes and for tests.
package dev.longshore.runtime.simulated;
