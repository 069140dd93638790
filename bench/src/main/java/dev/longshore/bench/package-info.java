/// Benchmarks.
package dev.longshore.bench;
