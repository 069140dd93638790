package dev.longshore.runtime.linux;

import dev.longshore.runtime.StepSandbox;
import java.math.BigInteger;
import java.util.Locale;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Writes the limits of a build step into its OCI config, besides those of its cgroup.
final class StepLimits {

    private static final String OPEN_FILES = "RLIMIT_NOFILE";

    private StepLimits() {}

    /// @param host what this process may grant
    static void addTo(ObjectNode config, StepSandbox.Limits limits, HostLimits host) {
        ArrayNode rlimits = (ArrayNode) config.path("process").path("rlimits");
        for (StepSandbox.Ulimit ulimit : limits.ulimits()) {
            String type = "RLIMIT_" + ulimit.name().toUpperCase(Locale.ROOT);
            remove(rlimits, type);
            rlimits.addObject()
                    .put("type", type)
                    .put("soft", granted(type, ulimit.soft(), host))
                    .put("hard", granted(type, ulimit.hard(), host));
        }
        limits.sharedMemoryBytes().ifPresent(bytes -> sharedMemory(config, bytes));
        ObjectNode resources = (ObjectNode) config.path("linux").path("resources");
        if (!limits.processors().isEmpty()) {
            resources.withObjectProperty("cpu").put("cpus", limits.processors());
        }
        if (!limits.memoryNodes().isEmpty()) {
            resources.withObjectProperty("cpu").put("mems", limits.memoryNodes());
        }
        if (limits.swap().isPresent() && OciWishes.countsSwap()) {
            resources.withObjectProperty("memory").put("swap", limits.swap().getAsLong());
        }
    }

    private static void remove(ArrayNode rlimits, String type) {
        for (int i = rlimits.size() - 1; i >= 0; i--) {
            if (rlimits.get(i).path("type").asString("").equals(type)) {
                rlimits.remove(i);
            }
        }
    }

    // No limit is the largest number that there is (getrlimit(2)), which OCI wants unsigned.
    private static BigInteger granted(String type, long wanted, HostLimits host) {
        if (type.equals(OPEN_FILES)) {
            long most = host.clampOpenFiles();
            return BigInteger.valueOf(wanted < 0 ? most : Math.min(wanted, most));
        }
        return wanted < 0 ? new BigInteger("18446744073709551615") : BigInteger.valueOf(wanted);
    }

    private static void sharedMemory(ObjectNode config, long bytes) {
        for (JsonNode mount : config.path("mounts")) {
            if (mount.path("destination").asString("").equals("/dev/shm")) {
                ArrayNode options = (ArrayNode) mount.path("options");
                for (int i = options.size() - 1; i >= 0; i--) {
                    if (options.get(i).asString("").startsWith("size=")) {
                        options.remove(i);
                    }
                }
                options.add("size=" + bytes);
            }
        }
    }
}
