/// What nodes and pods use, and what pods tell of themselves, gathered and served as the metrics APIs.
package dev.longshore.metrics;
