package dev.longshore.runtime.linux;

import dev.longshore.base.Json;
import dev.longshore.runtime.ContainerEdits;
import dev.longshore.runtime.RuntimeFaultException;
import dev.longshore.runtime.RuntimeFaultException.Kind;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.OptionalLong;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Writes what devices ask for into an OCI config, as the container device interface's own library does.
final class EditedConfig {

    private final ObjectNode config;

    EditedConfig(ObjectNode config) {
        this.config = config;
    }

    /// Applies `edits`.
    ///
    /// @throws RuntimeFaultException when a device of the host is not there, or another one
    void apply(ContainerEdits edits) {
        edits.env().forEach(this::env);
        edits.nodes().forEach(this::node);
        edits.mounts().forEach(this::mount);
        if (!edits.mounts().isEmpty()) {
            sortMounts();
        }
        edits.hooks().forEach(this::hook);
        edits.groups().forEach(this::group);
        edits.interfaces()
                .forEach(device -> object(config, "linux")
                        .withObjectProperty("netDevices")
                        .putObject(device.hostName())
                        .put("name", device.name()));
        edits.rdt().ifPresent(this::rdt);
    }

    private void env(String variable) {
        String name = variable.substring(0, variable.indexOf('=') + 1);
        ArrayNode env = array(object(config, "process"), "env");
        remove(env, entry -> entry.asString("").startsWith(name));
        env.add(variable);
    }

    private void node(ContainerEdits.Node wanted) {
        ObjectNode device = described(wanted);
        ObjectNode linux = object(config, "linux");
        ArrayNode devices = array(linux, "devices");
        remove(devices, entry -> entry.path("path").asString("").equals(wanted.path()));
        devices.add(device);
        String type = device.path("type").asString();
        if (type.equals("b") || type.equals("c")) {
            String access =
                    switch (wanted.permissions()) {
                        case "" -> "rwm";
                        case "none" -> "";
                        default -> wanted.permissions();
                    };
            array(object(linux, "resources"), "devices")
                    .addObject()
                    .put("allow", true)
                    .put("type", type)
                    .put("major", device.path("major").asLong())
                    .put("minor", device.path("minor").asLong())
                    .put("access", access);
        }
    }

    private ObjectNode described(ContainerEdits.Node wanted) {
        ObjectNode device = Json.object().put("path", wanted.path());
        if (wanted.type().isEmpty() || wanted.number().isEmpty()) {
            ObjectNode there = onHost(wanted.hostPath());
            String type = there.path("type").asString();
            if (!wanted.type().isEmpty() && !wanted.type().equals(type)) {
                throw refused("CDI device (\"%s\", \"%s\"), host type mismatch (%s, %s)"
                        .formatted(wanted.path(), wanted.hostPath(), wanted.type(), type));
            }
            device.put("type", type);
            device.put("major", there.path("major").asLong());
            device.put("minor", there.path("minor").asLong());
        } else {
            device.put("type", wanted.type());
        }
        wanted.number().ifPresent(number -> device.put("major", number.major()).put("minor", number.minor()));
        wanted.mode().ifPresent(mode -> device.put("fileMode", mode));
        owner(device, "uid", wanted.uid());
        owner(device, "gid", wanted.gid());
        return device;
    }

    private static ObjectNode onHost(Path path) {
        try {
            return OciConfig.device(path.toRealPath())
                    .orElseThrow(() -> refused("failed to stat CDI host device \"" + path + "\": not a device node"));
        } catch (IOException absent) {
            throw new RuntimeFaultException(
                    Kind.CANNOT_START,
                    "failed to stat CDI host device \"" + path + "\": no such file or directory",
                    absent);
        }
    }

    /// Whose the node is if it does not say: the process's own.
    private void owner(ObjectNode device, String field, OptionalLong wanted) {
        long process = config.path("process").path("user").path(field).asLong(0);
        if (wanted.isPresent() || process > 0) {
            device.put(field, wanted.orElse(process));
        }
    }

    private void mount(ContainerEdits.Mount wanted) {
        ArrayNode mounts = array(config, "mounts");
        remove(mounts, entry -> entry.path("destination").asString("").equals(wanted.containerPath()));
        ObjectNode mount = mounts.addObject()
                .put("destination", wanted.containerPath())
                .put("source", wanted.hostPath().toString());
        if (!wanted.type().isEmpty()) {
            mount.put("type", wanted.type());
        }
        ArrayNode options = mount.putArray("options");
        wanted.options().forEach(options::add);
        boolean isBind = wanted.options().contains("bind") || wanted.options().contains("rbind");
        if (wanted.type().isEmpty() || wanted.type().equals("bind")) {
            mount.put("type", "bind");
            if (!isBind) {
                options.add("rbind");
            }
        }
    }

    /// Outer ones before those within.
    private void sortMounts() {
        ArrayNode mounts = array(config, "mounts");
        var sorted = new ArrayList<JsonNode>();
        mounts.forEach(sorted::add);
        sorted.sort(Comparator.comparingInt(mount ->
                Path.of(mount.path("destination").asString("")).normalize().getNameCount()));
        mounts.removeAll();
        sorted.forEach(mounts::add);
    }

    private void hook(ContainerEdits.Hook wanted) {
        ObjectNode hook =
                array(object(config, "hooks"), wanted.when()).addObject().put("path", wanted.path());
        texts(hook, "args", wanted.args());
        texts(hook, "env", wanted.env());
        wanted.seconds().ifPresent(seconds -> hook.put("timeout", seconds));
    }

    private void group(long group) {
        ArrayNode groups = array(object(object(config, "process"), "user"), "additionalGids");
        remove(groups, entry -> entry.asLong(-1) == group);
        groups.add(group);
    }

    private void rdt(ContainerEdits.Rdt wanted) {
        ObjectNode rdt = object(config, "linux").putObject("intelRdt");
        text(rdt, "closID", wanted.closId());
        text(rdt, "l3CacheSchema", wanted.l3CacheSchema());
        text(rdt, "memBwSchema", wanted.memBwSchema());
        texts(rdt, "schemata", wanted.schemata());
        if (wanted.isMonitored()) {
            rdt.put("enableMonitoring", true);
        }
    }

    private static void text(ObjectNode tree, String field, String text) {
        if (!text.isEmpty()) {
            tree.put(field, text);
        }
    }

    private static void texts(ObjectNode tree, String field, List<String> texts) {
        if (!texts.isEmpty()) {
            ArrayNode list = tree.putArray(field);
            texts.forEach(list::add);
        }
    }

    private static void remove(ArrayNode list, java.util.function.Predicate<JsonNode> which) {
        for (int i = list.size() - 1; i >= 0; i--) {
            if (which.test(list.get(i))) {
                list.remove(i);
            }
        }
    }

    private static ObjectNode object(ObjectNode parent, String name) {
        return parent.path(name) instanceof ObjectNode there ? there : parent.putObject(name);
    }

    private static ArrayNode array(ObjectNode parent, String name) {
        return parent.path(name) instanceof ArrayNode there ? there : parent.putArray(name);
    }

    private static RuntimeFaultException refused(String why) {
        return new RuntimeFaultException(Kind.CANNOT_START, why);
    }
}
