package dev.longshore.runtime.linux;

import dev.longshore.runtime.ContainerSpec;
import dev.longshore.runtime.RuntimeFaultException;
import dev.longshore.runtime.RuntimeFaultException.Kind;
import dev.longshore.runtime.cdi.Devices;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import tools.jackson.databind.node.ObjectNode;

/// Gives containers the devices that their annotations name and the host's specs describe (container device
/// interface, SPEC.md, "annotations"). Annotations of containers are their maker's, not of whoever writes pods.
final class AnnotatedDevices {

    private static final String PREFIX = "cdi.k8s.io/";
    private static final List<Path> SPECS = List.of(Path.of("/etc/cdi"), Path.of("/var/run/cdi"));

    private AnnotatedDevices() {}

    static ObjectNode into(ObjectNode config, ContainerSpec spec) {
        var names = new LinkedHashSet<String>();
        spec.annotations().forEach((key, value) -> {
            if (key.startsWith(PREFIX)) {
                names.addAll(List.of(value.split(",")));
            }
        });
        if (names.isEmpty()) {
            return config;
        }
        try {
            new EditedConfig(config).apply(Devices.read(SPECS).edits(names));
            return config;
        } catch (Devices.UnknownDeviceException unknown) {
            throw new RuntimeFaultException(
                    Kind.CANNOT_START, "CDI device injection failed: " + unknown.getMessage(), unknown);
        } catch (IOException unreadable) {
            throw new RuntimeFaultException(
                    Kind.CANNOT_START, "CDI specs cannot be read: " + unreadable.getMessage(), unreadable);
        }
    }
}
