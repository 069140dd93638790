package dev.longshore.builder.instructions;

import dev.longshore.builder.dockerfile.Line;
import dev.longshore.builder.flags.Device;
import dev.longshore.builder.stage.Build;
import dev.longshore.builder.stage.DeviceGrants;
import dev.longshore.runtime.ContainerEdits;
import dev.longshore.runtime.cdi.Devices;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/// The devices of one RUN line, which the build may use.
///
/// @param names by which they are known
record RunDevices(Set<String> names, ContainerEdits edits) {

    private static final RunDevices NONE = new RunDevices(Set.of(), ContainerEdits.NONE);

    /// Finds those that `wanted` asks for. One that is not required and not there is told and left out.
    ///
    /// @throws dev.longshore.builder.dockerfile.DockerfileException when one is not there, or not allowed
    static RunDevices of(Line line, Build build, List<Device> wanted) throws IOException {
        if (wanted.isEmpty()) {
            return NONE;
        }
        Devices devices = Devices.read(build.tools().deviceDirectories());
        DeviceGrants grants = build.wishes().run().devices();
        try {
            var names = new LinkedHashSet<String>();
            var asked = new LinkedHashSet<String>();
            for (Device device : wanted) {
                String real = grants.byName().getOrDefault(device.name(), "");
                List<String> found = found(line, build, devices, device, real.isEmpty() ? device.name() : real);
                // What is known by an alias is granted with it.
                (real.isEmpty() ? asked : names).addAll(found);
            }
            require(line, devices, grants, asked);
            names.addAll(asked);
            return new RunDevices(names, devices.edits(names));
        } catch (Devices.UnknownDeviceException wrong) {
            throw line.wrong(wrong.getMessage());
        }
    }

    private static List<String> found(Line line, Build build, Devices devices, Device device, String name) {
        List<String> found = devices.find(name);
        if (found.isEmpty()) {
            String why = "device \"" + name + "\" is not registered" + known(devices);
            if (device.isRequired()) {
                throw line.wrong("required " + why);
            }
            build.say("[Warning] optional " + why + "\n");
        }
        return found;
    }

    private static String known(Devices devices) {
        String there = devices.names().isEmpty()
                ? ": there is none in /etc/cdi or /var/run/cdi"
                : ": there are " + String.join(", ", devices.names());
        return there + (devices.problems().isEmpty() ? "" : "; " + String.join("; ", devices.problems()));
    }

    private static void require(Line line, Devices devices, DeviceGrants grants, Set<String> asked) {
        if (grants.all()) {
            return;
        }
        var granted = new TreeSet<String>();
        grants.byName().forEach((name, real) -> granted.addAll(devices.find(real.isEmpty() ? name : real)));
        var forbidden = new ArrayList<>(asked);
        forbidden.removeIf(name -> granted.contains(name) || devices.isForAll(name));
        if (!forbidden.isEmpty()) {
            String list = String.join(", ", forbidden);
            throw line.wrong((forbidden.size() == 1 ? "device " + list + " is" : "devices " + list + " are")
                    + " requested by the build but not allowed: ask for it with --allow device="
                    + forbidden.getFirst() + ", or for all with --allow device");
        }
    }

    /// For the step's key.
    String meaning() {
        return names.isEmpty() ? "" : " devices " + String.join(" ", names);
    }
}
