package dev.longshore.runtime.linux;

import dev.longshore.linux.Commands;
import dev.longshore.linux.Commands.Command;
import dev.longshore.runtime.IdRange;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// Namespaces that belong to a user namespace of their own: what its root may do in them reaches no further. unshare(1)
/// writes no mapping of more than one id without helpers that few hosts have, so the mapping is written from outside,
/// while a process that does nothing keeps the namespaces until they are pinned.
final class OwnedNamespaces {

    private static final Duration LIMIT = Duration.ofSeconds(30);

    // The pipe tells when the namespaces are there; sleep ends by itself should this shell be killed.
    private static final String CREATE = """
            first=$1 length=$2
            shift 2
            kinds=
            for pin in "$@"; do kinds="$kinds --${pin%%=*}"; done
            unshare $kinds sh -c 'echo $$; exec >&-; exec sleep 30' | {
              read -r holder || exit 1
              trap 'kill "$holder"' EXIT
              echo "0 $first $length" > "/proc/$holder/uid_map" || exit 1
              echo "0 $first $length" > "/proc/$holder/gid_map" || exit 1
              for pin in "$@"; do
                mount --bind "/proc/$holder/ns/${pin%%=*}" "${pin#*=}" || exit 1
              done
            }
            """;

    private final Commands commands;

    OwnedNamespaces(Commands commands) {
        this.commands = commands;
    }

    /// Makes those of `pins` (OCI type to a file that exists), of which one is `user`.
    void create(Map<String, Path> pins, IdRange range) throws InterruptedException {
        var line = new ArrayList<>(List.of("sh", "-c", CREATE, "sh"));
        line.addAll(List.of(Long.toString(range.first()), Long.toString(range.length())));
        pins.forEach((type, pin) -> line.add(kind(type) + "=" + pin));
        commands.require(new Command(line, Map.of(), new byte[0], LIMIT));
    }

    /// The command line that enters those of `pins`.
    static List<String> enter(Map<String, Path> pins, String... types) {
        var line = new ArrayList<>(List.of("nsenter"));
        for (String type : types) {
            if (pins.containsKey(type)) {
                line.add(option(type, pins.get(type)));
            }
        }
        return line;
    }

    static String option(String type, Path pin) {
        return "--" + kind(type) + "=" + pin;
    }

    // As the kernel and its tools call them.
    private static String kind(String type) {
        return type.equals("network") ? "net" : type;
    }
}
