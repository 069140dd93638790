package dev.longshore.kinds.pods;

import dev.longshore.kinds.kit.Checks;
import dev.longshore.kinds.kit.Trees;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// What a container's mounts and block devices must be like.
final class MountChecks {

    private final Checks checks;
    private final String path;
    private final JsonNode container;
    private final Map<String, ObjectNode> volumes;

    MountChecks(Checks checks, String path, JsonNode container, Map<String, ObjectNode> volumes) {
        this.checks = checks;
        this.path = path;
        this.container = container;
        this.volumes = volumes;
    }

    void check() {
        Set<String> deviceNames = all("volumeDevices", device -> Trees.text(device, "name"));
        Set<String> devicePaths = all("volumeDevices", device -> Trees.text(device, "devicePath"));
        var taken = new HashSet<String>();
        Trees.each(container, path, "volumeMounts", (at, mount) -> {
            String name = Trees.text(mount, "name");
            String target = Trees.text(mount, "mountPath");
            mount(at, mount, name, target, taken);
            if (deviceNames.contains(name)) {
                checks.invalid(at + ".name", name, "must not already exist in volumeDevices");
            }
            if (devicePaths.contains(target)) {
                checks.invalid(at + ".mountPath", target, "must not already exist as a path in volumeDevices");
            }
            subPaths(at, mount);
            propagation(mount);
            recursion(mount);
        });
        devices();
    }

    private Set<String> all(String list, Function<ObjectNode, String> field) {
        return Trees.list(container, list).stream().map(field).collect(Collectors.toSet());
    }

    private void mount(String at, ObjectNode mount, String name, String target, Set<String> taken) {
        checks.requiredText(at + ".name", name);
        if (!volumes.containsKey(name)) {
            checks.notFound(at + ".name", name, "");
        }
        checks.requiredText(at + ".mountPath", target);
        if (!taken.add(target)) {
            checks.invalid(at + ".mountPath", target, "must be unique");
        }
    }

    private void subPaths(String at, ObjectNode mount) {
        String subPath = Trees.text(mount, "subPath");
        String expression = Trees.text(mount, "subPathExpr");
        // The paths of these name the list, not the mount: a slip of the original that clients see.
        if (!subPath.isEmpty()) {
            PathChecks.descending(checks, path + ".volumeMounts.subPath", subPath);
        }
        if (!expression.isEmpty()) {
            if (!subPath.isEmpty()) {
                checks.invalid(at + ".subPathExpr", expression, "subPathExpr and subPath are mutually exclusive");
            }
            PathChecks.descending(checks, path + ".volumeMounts.subPathExpr", expression);
        }
    }

    private void propagation(ObjectNode mount) {
        String at = path + ".volumeMounts.mountPropagation";
        String propagation = Trees.text(mount, "mountPropagation");
        if (Trees.has(mount, "mountPropagation") && propagation.isEmpty()) {
            checks.unsupported(at, propagation, "Bidirectional", "HostToContainer", "None");
        }
        checks.anyOf(at, propagation, "Bidirectional", "HostToContainer", "None");
        if (propagation.equals("Bidirectional") && !Trees.flag(container, "securityContext", "privileged")) {
            checks.forbidden(at, "Bidirectional mount propagation is available only to privileged containers");
        }
    }

    private void recursion(ObjectNode mount) {
        String at = path + ".volumeMounts.recursiveReadOnly";
        String mode = Trees.text(mount, "recursiveReadOnly");
        switch (mode) {
            case "", "Disabled" -> {
                // Nothing more is asked for than reading only.
            }
            case "Enabled", "IfPossible" -> {
                if (!Trees.flag(mount, "readOnly")) {
                    checks.forbidden(at, "may only be specified when readOnly is true");
                }
                String propagation = Trees.text(mount, "mountPropagation");
                if (!propagation.isEmpty() && !propagation.equals("None")) {
                    checks.forbidden(at, "may only be specified when mountPropagation is None or not specified");
                }
            }
            default -> checks.unsupported(at, mode, "Disabled", "Enabled", "IfPossible");
        }
    }

    private void devices() {
        Set<String> mountNames = all("volumeMounts", mount -> Trees.text(mount, "name"));
        Set<String> mountPaths = all("volumeMounts", mount -> Trees.text(mount, "mountPath"));
        var names = new HashSet<String>();
        var paths = new HashSet<String>();
        Trees.each(container, path, "volumeDevices", (at, device) -> {
            String name = Trees.text(device, "name");
            String target = Trees.text(device, "devicePath");
            deviceName(at + ".name", name, names);
            devicePath(at + ".devicePath", target, paths);
            if (mountNames.contains(name)) {
                checks.invalid(at + ".name", name, "must not already exist in volumeMounts");
            }
            if (mountPaths.contains(target)) {
                checks.invalid(at + ".devicePath", target, "must not already exist as a path in volumeMounts");
            }
        });
    }

    private void deviceName(String at, String name, Set<String> names) {
        checks.requiredText(at, name);
        if (!name.isEmpty() && !names.add(name)) {
            checks.invalid(at, name, "must be unique");
        }
        ObjectNode volume = volumes.get(name);
        if (volume == null) {
            checks.notFound(at, name, "");
        } else if (!Trees.has(volume, "persistentVolumeClaim") && !Trees.has(volume, "ephemeral")) {
            checks.invalid(
                    at, name, "can only use volume source type of PersistentVolumeClaim or Ephemeral for block mode");
        }
    }

    private void devicePath(String at, String target, Set<String> paths) {
        checks.requiredText(at, target);
        if (paths.contains(target)) {
            checks.invalid(at, target, "must be unique");
        }
        if (PathChecks.hasBackstep(target)) {
            checks.invalid(at, target, "can not contain backsteps ('..')");
        } else {
            paths.add(target);
        }
    }
}
