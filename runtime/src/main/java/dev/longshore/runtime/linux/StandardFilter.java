package dev.longshore.runtime.linux;

import dev.longshore.base.Json;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// The filter of system calls that a container gets which asks for none of its own: what `system-calls.txt` allows, in
/// effect the default profile of the common container engines. A capability that is granted brings the calls that are
/// for it; what the filter does not know, the kernel is said not to have.
final class StandardFilter {

    private static final int EPERM = 1;
    private static final int ENOSYS = 38;
    private static final String ALWAYS = "always";
    private static final String NEVER = "never";

    // CLONE_NEWNS, NEWCGROUP, NEWUTS, NEWIPC, NEWUSER, NEWPID, NEWNET
    private static final long NEW_NAMESPACES = 0x7E020000L;

    // Linux, BSD; both without randomised addresses; and the question which it is (personality(2)).
    private static final List<Long> PERSONALITIES = List.of(0L, 8L, 0x20000L, 0x20008L, 0xffffffffL);

    private static final long AF_ALG = 38;
    private static final long AF_VSOCK = 40;

    private static final Map<String, List<String>> GROUPS = read();

    private StandardFilter() {}

    /// As OCI has it, for a process with `granted`.
    static ObjectNode of(Set<Capability> granted) {
        ObjectNode profile =
                Json.object().put("defaultAction", "SCMP_ACT_ERRNO").put("defaultErrnoRet", ENOSYS);
        ArrayNode architectures = profile.putArray("architectures");
        architectures().forEach(architectures::add);
        var allowed = new TreeSet<String>();
        var denied = new TreeSet<String>();
        GROUPS.forEach((group, names) -> (applies(group, granted) ? allowed : denied).addAll(names));
        denied.removeAll(allowed);
        ArrayNode calls = profile.putArray("syscalls");
        calls.add(allow(allowed));
        calls.add(deny(denied));
        PERSONALITIES.forEach(value -> calls.add(allowIf("personality", "SCMP_CMP_EQ", value, 0)));
        sockets(calls);
        if (!allowed.contains("clone")) {
            clone(calls);
        }
        return profile;
    }

    // All families but those that reach the kernel's ciphers and the hypervisor.
    private static void sockets(ArrayNode calls) {
        calls.add(allowIf("socket", "SCMP_CMP_LT", AF_ALG, 0));
        calls.add(denyIf("socket", "SCMP_CMP_EQ", AF_ALG, 0));
        calls.add(allowIf("socket", "SCMP_CMP_EQ", AF_ALG + 1, 0));
        calls.add(denyIf("socket", "SCMP_CMP_EQ", AF_VSOCK, 0));
        calls.add(allowIf("socket", "SCMP_CMP_GT", AF_VSOCK, 0));
    }

    private static void clone(ArrayNode calls) {
        calls.add(allowIf("clone", "SCMP_CMP_MASKED_EQ", NEW_NAMESPACES, 0));
        for (long flag = 1; flag <= NEW_NAMESPACES; flag <<= 1) {
            if ((NEW_NAMESPACES & flag) != 0) {
                calls.add(denyIf("clone", "SCMP_CMP_MASKED_EQ", flag, flag));
            }
        }
    }

    private static boolean applies(String group, Set<Capability> granted) {
        return group.equals(ALWAYS)
                || group.equals(System.getProperty("os.arch"))
                || granted.stream().anyMatch(capability -> capability.name().equals(group));
    }

    private static List<String> architectures() {
        return switch (System.getProperty("os.arch")) {
            case "amd64" -> List.of("SCMP_ARCH_X86_64", "SCMP_ARCH_X86", "SCMP_ARCH_X32");
            case "aarch64" -> List.of("SCMP_ARCH_AARCH64", "SCMP_ARCH_ARM");
            default -> List.of();
        };
    }

    private static ObjectNode allow(Set<String> names) {
        return rule(names).put("action", "SCMP_ACT_ALLOW");
    }

    private static ObjectNode deny(Set<String> names) {
        var others = new TreeSet<>(names);
        // clone3's flags lie in memory where no filter can look: without it the C library falls back to clone, which
        // is allowed by its flags.
        others.remove("clone3");
        others.remove("clone");
        return refuse(others);
    }

    private static ObjectNode refuse(Set<String> names) {
        return rule(names).put("action", "SCMP_ACT_ERRNO").put("errnoRet", EPERM);
    }

    private static ObjectNode allowIf(String call, String operator, long value, long valueTwo) {
        return conditional(allow(Set.of(call)), operator, value, valueTwo);
    }

    private static ObjectNode denyIf(String call, String operator, long value, long valueTwo) {
        return conditional(refuse(Set.of(call)), operator, value, valueTwo);
    }

    private static ObjectNode conditional(ObjectNode rule, String operator, long value, long valueTwo) {
        rule.putArray("args")
                .addObject()
                .put("index", 0)
                .put("value", value)
                .put("valueTwo", valueTwo)
                .put("op", operator);
        return rule;
    }

    private static ObjectNode rule(Set<String> names) {
        ObjectNode rule = Json.object();
        ArrayNode list = rule.putArray("names");
        names.forEach(list::add);
        return rule;
    }

    private static Map<String, List<String>> read() {
        try (InputStream file = StandardFilter.class.getResourceAsStream("system-calls.txt")) {
            if (file == null) {
                throw new AssertionError("system-calls.txt is missing from this program");
            }
            return parse(new String(file.readAllBytes(), StandardCharsets.UTF_8));
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    private static Map<String, List<String>> parse(String text) {
        var groups = new LinkedHashMap<String, List<String>>();
        String group = NEVER;
        for (String line : text.lines().map(String::strip).toList()) {
            if (line.startsWith("[")) {
                group = line.substring(1, line.length() - 1);
            } else if (!line.isEmpty() && !line.startsWith("#")) {
                groups.computeIfAbsent(group, fresh -> new ArrayList<>()).addAll(List.of(line.split("\\s+")));
            }
        }
        return groups;
    }
}
