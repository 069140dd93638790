package dev.longshore.runtime.cdi;

import dev.longshore.runtime.ContainerEdits;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/// Reads `containerEdits`.
final class EditsReader {

    private static final Set<String> FIELDS =
            Set.of("env", "deviceNodes", "mounts", "hooks", "additionalGids", "netDevices", "intelRdt");
    private static final Set<String> NODE_FIELDS =
            Set.of("path", "hostPath", "type", "major", "minor", "fileMode", "permissions", "uid", "gid");
    private static final Set<String> TYPES = Set.of("", "b", "c", "u", "p");
    private static final Set<String> HOOKS =
            Set.of("prestart", "createRuntime", "createContainer", "startContainer", "poststart", "poststop");

    private EditsReader() {}

    /// @param where what an error calls it
    /// @throws IllegalArgumentException with the reason, when they are none
    static ContainerEdits read(String where, JsonNode tree) {
        SpecFields fields = SpecFields.of("the edits of " + where, tree, FIELDS);
        var nodes = new ArrayList<ContainerEdits.Node>();
        fields.list("deviceNodes").forEach(entry -> nodes.add(node(where, entry)));
        var mounts = new ArrayList<ContainerEdits.Mount>();
        fields.list("mounts").forEach(entry -> mounts.add(mount(where, entry)));
        var hooks = new ArrayList<ContainerEdits.Hook>();
        fields.list("hooks").forEach(entry -> hooks.add(hook(where, entry)));
        var interfaces = new ArrayList<ContainerEdits.Interface>();
        fields.list("netDevices").forEach(entry -> interfaces.add(netDevice(where, entry)));
        var groups = new ArrayList<Long>();
        for (JsonNode entry : fields.list("additionalGids")) {
            if (!entry.isIntegralNumber() || entry.asLong() < 0) {
                throw new IllegalArgumentException("additionalGids of " + where + ": no number of 0 or more");
            }
            // As the interface's own library has it: root's group is nothing that a device gives.
            if (entry.asLong() != 0) {
                groups.add(entry.asLong());
            }
        }
        return new ContainerEdits(
                env(where, fields.texts("env")),
                nodes,
                mounts,
                hooks,
                groups,
                interfaces,
                fields.find("intelRdt").map(entry -> rdt(where, entry)));
    }

    private static List<String> env(String where, List<String> env) {
        for (String variable : env) {
            if (variable.indexOf('=') <= 0) {
                throw new IllegalArgumentException("invalid environment variable \"" + variable + "\" of " + where);
            }
        }
        return env;
    }

    private static ContainerEdits.Node node(String where, JsonNode tree) {
        SpecFields fields = SpecFields.of("a device node of " + where, tree, NODE_FIELDS);
        String path = fields.needed("path");
        String type = fields.text("type");
        String permissions = fields.text("permissions");
        if (!path.startsWith("/")) {
            throw new IllegalArgumentException("device \"" + path + "\" of " + where + ": the path is not absolute");
        }
        if (!TYPES.contains(type)) {
            throw new IllegalArgumentException("device \"" + path + "\": invalid type \"" + type + "\"");
        }
        if (!permissions.matches("none|[rwm]*")) {
            throw new IllegalArgumentException("device \"" + path + "\": invalid permissions \"" + permissions + "\"");
        }
        OptionalLong major = fields.number("major");
        long minor = fields.number("minor").orElse(0);
        boolean hasNumber = major.orElse(0) != 0 || type.equals("p");
        String hostPath = fields.text("hostPath");
        return new ContainerEdits.Node(
                path,
                Path.of(hostPath.isEmpty() ? path : hostPath),
                type,
                hasNumber ? Optional.of(new ContainerEdits.Node.Number(major.orElse(0), minor)) : Optional.empty(),
                fields.small("fileMode"),
                permissions,
                fields.number("uid"),
                fields.number("gid"));
    }

    private static ContainerEdits.Mount mount(String where, JsonNode tree) {
        SpecFields fields =
                SpecFields.of("a mount of " + where, tree, Set.of("hostPath", "containerPath", "options", "type"));
        String containerPath = fields.needed("containerPath");
        if (!containerPath.startsWith("/")) {
            throw new IllegalArgumentException("mount \"" + containerPath + "\" of " + where + " is not absolute");
        }
        String type = fields.text("type");
        return new ContainerEdits.Mount(
                Path.of(fields.needed("hostPath")), containerPath, type, fields.texts("options"));
    }

    private static ContainerEdits.Hook hook(String where, JsonNode tree) {
        SpecFields fields =
                SpecFields.of("a hook of " + where, tree, Set.of("hookName", "path", "args", "env", "timeout"));
        String when = fields.text("hookName");
        if (!HOOKS.contains(when)) {
            throw new IllegalArgumentException("invalid hook name \"" + when + "\" of " + where);
        }
        return new ContainerEdits.Hook(
                when,
                fields.needed("path"),
                fields.texts("args"),
                env(where, fields.texts("env")),
                fields.small("timeout"));
    }

    private static ContainerEdits.Interface netDevice(String where, JsonNode tree) {
        SpecFields fields = SpecFields.of("a net device of " + where, tree, Set.of("hostInterfaceName", "name"));
        return new ContainerEdits.Interface(fields.needed("hostInterfaceName"), fields.needed("name"));
    }

    private static ContainerEdits.Rdt rdt(String where, JsonNode tree) {
        SpecFields fields = SpecFields.of(
                "intelRdt of " + where,
                tree,
                Set.of(
                        "closID",
                        "l3CacheSchema",
                        "memBwSchema",
                        "schemata",
                        "enableMonitoring",
                        "enableCMT",
                        "enableMBM"));
        String closId = fields.text("closID");
        boolean isName = closId.equals("/") || !closId.matches("\\.\\.?|.*[/\\n].*") && closId.length() < 4096;
        if (!isName) {
            throw new IllegalArgumentException("intelRdt of " + where + ": invalid closID");
        }
        boolean isMonitored = fields.isOn("enableMonitoring") || fields.isOn("enableCMT") || fields.isOn("enableMBM");
        return new ContainerEdits.Rdt(
                closId,
                fields.text("l3CacheSchema"),
                fields.text("memBwSchema"),
                fields.texts("schemata"),
                isMonitored);
    }
}
