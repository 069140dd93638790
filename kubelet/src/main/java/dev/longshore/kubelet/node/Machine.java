package dev.longshore.kubelet.node;

import io.fabric8.kubernetes.api.model.NodeSystemInfo;
import io.fabric8.kubernetes.api.model.Quantity;
import java.util.Map;

/// The machine that the node is, real or pretended. Thread-safe.
public interface Machine {

    /// All that there is: `cpu`, `memory`, `ephemeral-storage`.
    Map<String, Quantity> capacity();

    /// What system it is; the kubelet adds its own versions.
    NodeSystemInfo info();

    /// How much is left of what can run short, by the kubelet's names for it (`memory.available`); what cannot be
    /// measured is left out.
    Map<String, Observation> left();
}
