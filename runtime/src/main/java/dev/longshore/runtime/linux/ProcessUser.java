package dev.longshore.runtime.linux;

import dev.longshore.runtime.ContainerSecurity;
import dev.longshore.runtime.RuntimeFaultException;
import dev.longshore.runtime.RuntimeFaultException.Kind;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.Stream;

/// Who a container's process is, after the image's own /etc/passwd and /etc/group.
///
/// @param home the home directory, `/` when nobody knows
record ProcessUser(long uid, long gid, List<Long> additionalGids, String home) {

    /// Of a container: what its spec says goes before what its image says.
    static ProcessUser of(ContainerSecurity security, String imageUser, LayeredRoot root) {
        String user = security.user().map(String::valueOf).orElseGet(() -> part(imageUser, 0));
        String group = security.group()
                .map(String::valueOf)
                .orElseGet(() -> security.user().isPresent() ? "" : part(imageUser, 1));
        ProcessUser resolved = resolve(user, group, security.supplementalGroups(), root);
        return security.strictGroups() ? resolved.inNoGroupBut(security.supplementalGroups()) : resolved;
    }

    private ProcessUser inNoGroupBut(List<Long> groups) {
        return new ProcessUser(uid, gid, List.copyOf(new TreeSet<>(groups)), home);
    }

    /// Of `uid[:gid]` or names; empty for root.
    static ProcessUser of(String user, LayeredRoot root) {
        return resolve(part(user, 0), part(user, 1), List.of(), root);
    }

    /// The same in further groups, by name or number.
    ProcessUser with(List<String> groups, LayeredRoot root) {
        var all = new TreeSet<>(additionalGids);
        groups.forEach(group -> all.add(groupId(group, root)));
        return new ProcessUser(uid, gid, List.copyOf(all), home);
    }

    private static ProcessUser resolve(String user, String group, List<Long> supplemental, LayeredRoot root) {
        String wanted = user.isEmpty() ? "0" : user;
        Optional<String[]> entry = lines(root, "/etc/passwd")
                .filter(fields -> fields.length > 3 && (fields[0].equals(wanted) || fields[2].equals(wanted)))
                .findFirst();
        long uid = entry.map(fields -> number(fields[2])).orElseGet(() -> numeric(wanted, "user"));
        long gid = group.isEmpty() ? entry.map(fields -> number(fields[3])).orElse(0L) : groupId(group, root);
        var additional = new TreeSet<>(supplemental);
        entry.ifPresent(fields -> lines(root, "/etc/group")
                .filter(line -> line.length > 3 && List.of(line[3].split(",")).contains(fields[0]))
                .forEach(line -> additional.add(number(line[2]))));
        String home = entry.filter(fields -> fields.length > 5 && !fields[5].isEmpty())
                .map(fields -> fields[5])
                .orElse("/");
        return new ProcessUser(uid, gid, List.copyOf(additional), home);
    }

    private static long groupId(String group, LayeredRoot root) {
        return lines(root, "/etc/group")
                .filter(fields -> fields.length > 2 && (fields[0].equals(group) || fields[2].equals(group)))
                .findFirst()
                .map(fields -> number(fields[2]))
                .orElseGet(() -> numeric(group, "group"));
    }

    private static Stream<String[]> lines(LayeredRoot root, String file) {
        return root.read(file).stream()
                .flatMap(String::lines)
                .map(line -> line.strip().split(":", -1));
    }

    private static String part(String user, int index) {
        String[] parts = user.split(":", 2);
        return parts.length > index ? parts[index] : "";
    }

    private static long numeric(String text, String what) {
        if (!text.matches("[0-9]{1,10}")) {
            throw new RuntimeFaultException(
                    Kind.CANNOT_START, "unable to find " + what + " " + text + ": no matching entries");
        }
        return Long.parseLong(text);
    }

    private static long number(String text) {
        return text.matches("[0-9]{1,10}") ? Long.parseLong(text) : 0;
    }
}
