/// Prometheus' text format.
package dev.longshore.metrics.exposition;
