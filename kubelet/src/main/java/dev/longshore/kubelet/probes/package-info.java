/// Liveness, readiness and startup probes, and the handlers that they share with lifecycle hooks.
package dev.longshore.kubelet.probes;
