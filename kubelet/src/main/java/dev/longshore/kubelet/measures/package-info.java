/// What the kubelet counts of its own work, in families as Prometheus knows them.
package dev.longshore.kubelet.measures;
