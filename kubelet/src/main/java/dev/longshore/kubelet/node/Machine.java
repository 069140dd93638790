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

    /// What is running short.
    Pressure pressure();

    /// Whether memory, disk or process ids are running short.
    record Pressure(boolean memory, boolean disk, boolean pids) {
        /// Nothing is short.
        public static final Pressure NONE = new Pressure(false, false, false);
    }
}
