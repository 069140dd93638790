package dev.longshore.kubelet.devices;

import dev.longshore.kubelet.devices.proto.CdiDevice;
import dev.longshore.kubelet.devices.proto.ContainerAllocateResponse;
import dev.longshore.runtime.ContainerOptions;
import dev.longshore.runtime.ContainerSpec;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// What a container gets with its devices.
///
/// @param cdi names of devices whose specs say the rest, `vendor/class=name`
public record Grant(
        Map<String, String> env,
        List<ContainerSpec.Mount> mounts,
        List<ContainerOptions.Device> devices,
        Map<String, String> annotations,
        Set<String> cdi) {

    /// By this name runtimes take devices that are described by specs (container device interface, "annotations").
    private static final String CDI = "cdi.k8s.io/kubelet";

    /// It has none.
    public static final Grant NOTHING = new Grant(Map.of(), List.of(), List.of(), Map.of(), Set.of());

    public Grant {
        env = Map.copyOf(env);
        mounts = List.copyOf(mounts);
        devices = List.copyOf(devices);
        annotations = Map.copyOf(annotations);
        cdi = java.util.Collections.unmodifiableSet(new LinkedHashSet<>(cdi));
    }

    /// Devices that their specs describe, by these names.
    public static Grant ofCdi(Set<String> names) {
        return new Grant(Map.of(), List.of(), List.of(), Map.of(), names);
    }

    /// What a plugin's answer says.
    static Grant of(ContainerAllocateResponse answer) {
        return new Grant(
                answer.getEnvsMap(),
                answer.getMountsList().stream()
                        .map(mount -> ContainerSpec.Mount.bind(
                                Path.of(mount.getHostPath()), mount.getContainerPath(), mount.getReadOnly()))
                        .toList(),
                answer.getDevicesList().stream()
                        .map(device -> new ContainerOptions.Device(
                                Path.of(device.getHostPath()), device.getContainerPath(), device.getPermissions()))
                        .toList(),
                answer.getAnnotationsMap(),
                new LinkedHashSet<>(answer.getCdiDevicesList().stream()
                        .map(CdiDevice::getName)
                        .toList()));
    }

    /// `spec` with all that. What a container says of its own environment counts.
    public ContainerSpec onto(ContainerSpec spec) {
        if (equals(NOTHING)) {
            return spec;
        }
        var allEnv = new LinkedHashMap<>(env);
        allEnv.putAll(spec.env());
        var allMounts = new ArrayList<>(spec.mounts());
        allMounts.addAll(mounts);
        var allDevices = new ArrayList<>(spec.options().devices());
        allDevices.addAll(devices);
        var allAnnotations = new LinkedHashMap<>(spec.annotations());
        allAnnotations.putAll(annotations);
        if (!cdi.isEmpty()) {
            allAnnotations.put(CDI, String.join(",", cdi));
        }
        return new ContainerSpec(
                spec.name(),
                spec.attempt(),
                spec.image(),
                spec.command(),
                spec.args(),
                allEnv,
                spec.workingDirectory(),
                allMounts,
                spec.labels(),
                allAnnotations,
                spec.resources(),
                spec.security(),
                spec.logFile(),
                spec.stopSignal(),
                spec.stdin(),
                spec.stdinOnce(),
                spec.tty(),
                spec.options().withDevices(allDevices));
    }

    /// Both; what `more` says of the same name counts.
    public Grant and(Grant more) {
        var allEnv = new LinkedHashMap<>(env);
        allEnv.putAll(more.env);
        var allMounts = new ArrayList<>(mounts);
        allMounts.addAll(more.mounts);
        var allDevices = new ArrayList<>(devices);
        allDevices.addAll(more.devices);
        var allAnnotations = new LinkedHashMap<>(annotations);
        allAnnotations.putAll(more.annotations);
        var allCdi = new LinkedHashSet<>(cdi);
        allCdi.addAll(more.cdi);
        return new Grant(allEnv, allMounts, allDevices, allAnnotations, allCdi);
    }
}
