package dev.longshore.kubelet.probes;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.IntOrString;
import java.util.OptionalInt;

/// The container that is probed.
///
/// @param address the pod's address; the node's with the host's network
public record Target(String containerId, Container container, String address) {

    /// The number of a port that may be given by name.
    OptionalInt port(IntOrString port) {
        if (port.getIntVal() != null) {
            return OptionalInt.of(port.getIntVal());
        }
        for (var declared : container.getPorts()) {
            if (port.getStrVal().equals(declared.getName())) {
                return OptionalInt.of(declared.getContainerPort());
            }
        }
        try {
            return OptionalInt.of(Integer.parseInt(port.getStrVal()));
        } catch (NumberFormatException aName) {
            return OptionalInt.empty();
        }
    }
}
