package dev.longshore.kubelet.probes;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.IntOrString;

/// The container that is probed.
///
/// @param address the pod's address; the node's with the host's network
public record Target(String containerId, Container container, String address) {

    private static final int HIGHEST = 65_535;

    /// The number of a port that may be given by name.
    ///
    /// @throws NoSuchPortException when the container has no port of that name, or the number is none of a port
    int port(IntOrString port) {
        int number = port.getIntVal() != null ? port.getIntVal() : named(port.getStrVal());
        if (number < 1 || number > HIGHEST) {
            throw new NoSuchPortException("invalid port number: " + number);
        }
        return number;
    }

    private int named(String name) {
        for (var declared : container.getPorts()) {
            if (name.equals(declared.getName())) {
                return declared.getContainerPort();
            }
        }
        try {
            return Integer.parseInt(name);
        } catch (NumberFormatException aName) {
            throw new NoSuchPortException("strconv.Atoi: parsing \"%s\": invalid syntax".formatted(name), aName);
        }
    }
}
