/// The nodes and pods that there are.
package dev.longshore.metrics.cluster;
