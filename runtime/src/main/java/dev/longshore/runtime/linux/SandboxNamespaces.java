package dev.longshore.runtime.linux;

import dev.longshore.linux.Commands;
import dev.longshore.linux.HostPaths;
import dev.longshore.linux.Mounts;
import dev.longshore.linux.NetworkNamespaces;
import dev.longshore.linux.Processes;
import dev.longshore.runtime.RuntimeFaultException;
import dev.longshore.runtime.RuntimeFaultException.Kind;
import dev.longshore.runtime.SandboxSpec;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/// Makes and takes away the namespaces that a pod's containers share. Network, ipc and uts need no process:
/// files pin them. A pid namespace lives only as long as its first process, so there a shell holds it and reaps
/// orphans.
final class SandboxNamespaces {

    private static final int SHORT = 16;
    private static final Pattern SYSCTL = Pattern.compile("[a-z0-9_-]+([./][a-z0-9_-]+)*");
    private static final Pattern IPC_SYSCTL = Pattern.compile("kernel/(shm|msg).*|kernel/sem|fs/mqueue/.*");

    private static final String SETUP = """
            network=$1 hostname=$2
            shift 2
            [ -z "$network" ] || ip link set lo up || exit 1
            [ -z "$hostname" ] || printf '%s' "$hostname" > /proc/sys/kernel/hostname || exit 1
            while [ $# -gt 1 ]; do
              printf '%s' "$2" > "/proc/sys/$1" || exit 1
              shift 2
            done
            """;

    // The shell sees its pid as the host numbers it, for its /proc is still the host's.
    private static final String HOLD = """
            user=$3
            echo $$ > "$1"
            { setsid ${user:+nsenter "$user"} unshare --pid --fork sh -c '
                read -r pid rest < /proc/self/stat
                echo "$pid" >&3
                exec 3>&-
                trap "exit 0" TERM
                while :; do sleep 86400 & wait; done' pause 3>&1 >/dev/null 2>&1 </dev/null &
            } | { read -r pid; echo "$pid" > "$2"; echo "$pid"; }
            """;

    private final HostPaths host;
    private final Path monitors;
    private final Commands commands;
    private final Mounts mounts;
    private final NetworkNamespaces networks;

    SandboxNamespaces(HostPaths host, Path monitors, Commands commands) {
        this.host = host;
        this.monitors = monitors;
        this.commands = commands;
        this.mounts = new Mounts(commands);
        this.networks = new NetworkNamespaces(host, commands);
    }

    /// The pin of the network namespace that sandbox `id` has, or would have.
    Path network(String id) {
        return host.networkNamespace(id.substring(0, SHORT));
    }

    /// Makes those of their own that `spec` asks for.
    void create(String id, SandboxSpec spec) throws InterruptedException {
        var pins = pins(id, spec);
        if (pins.isEmpty()) {
            return;
        }
        pins.values().forEach(SandboxNamespaces::touch);
        if (spec.users().isPresent()) {
            new OwnedNamespaces(commands).create(pins, spec.users().get());
            commands.require(setup(OwnedNamespaces.enter(pins, "network", "uts"), spec, Map.of()));
            commands.require(setup(OwnedNamespaces.enter(pins, "user", "network", "ipc"), spec, sysctls(spec)));
            return;
        }
        var line = new ArrayList<>(List.of("unshare"));
        pins.forEach((type, pin) -> line.add(OwnedNamespaces.option(type, pin)));
        commands.require(setup(line, spec, sysctls(spec)));
    }

    // With a user namespace the name is the host's to write, and the parameters are the namespace's own root's.
    private static String[] setup(List<String> enter, SandboxSpec spec, Map<String, String> sysctls) {
        boolean isOwners = spec.users().isPresent() && enter.stream().anyMatch(word -> word.startsWith("--user"));
        var line = new ArrayList<>(enter);
        line.addAll(List.of("sh", "-c", SETUP, "sh"));
        line.add(spec.hostNetwork() || isOwners ? "" : "lo");
        line.add(spec.hostNetwork() || isOwners ? "" : spec.hostname());
        if (!spec.hostNetwork()) {
            line.addAll(List.of("net/ipv4/ip_unprivileged_port_start", "0"));
        }
        sysctls.forEach((name, value) -> line.addAll(List.of(name, value)));
        return line.toArray(String[]::new);
    }

    /// Starts the first process of a pid namespace for sandboxes that share one; its pid is left in `file`.
    Processes.Identity hold(String id, SandboxSpec spec, Path file) throws InterruptedException {
        if (!spec.sharePid() || spec.hostPid()) {
            return ContainerFacts.Started.NOBODY;
        }
        String pid = commands.require("sh", "-c", HOLD, "sh", monitors.toString(), file.toString(), owner(id, spec))
                .out()
                .strip();
        return Optional.of(pid)
                .filter(text -> text.matches("[0-9]+"))
                .map(Integer::parseInt)
                .flatMap(Processes::identify)
                .orElseThrow(() -> new RuntimeFaultException(Kind.FAILED, "the pod's pid namespace has no process"));
    }

    private String owner(String id, SandboxSpec spec) {
        return spec.users().isEmpty() ? "" : "--user=" + pins(id, spec).get("user");
    }

    /// The pin of the user namespace of sandbox `id`, if it has one of its own.
    Optional<Path> users(String id, SandboxSpec spec) {
        return Optional.ofNullable(pins(id, spec).get("user"));
    }

    /// Whether all of a sandbox's own namespaces are there.
    boolean stand(SandboxFacts facts) {
        List<Path> points = mounts.all().stream().map(Mounts.Mount::point).toList();
        return points.containsAll(pins(facts.id(), facts.spec()).values())
                && (facts.holder().pid() == 0 || Processes.isAlive(facts.holder()));
    }

    /// Ends the holder and lets go of the pins. Idempotent.
    void remove(SandboxFacts facts) throws InterruptedException {
        remove(facts.id(), facts.spec(), facts.holder());
    }

    void remove(String id, SandboxSpec spec, Processes.Identity holder) throws InterruptedException {
        Processes.signal(holder, Processes.signalNumber("KILL"));
        for (Path pin : pins(id, spec).values()) {
            networks.remove(pin);
        }
    }

    /// What a container of the sandbox joins or makes anew.
    Map<String, Optional<Path>> forContainer(SandboxFacts facts, boolean cgroupNamespace) {
        var namespaces = new LinkedHashMap<String, Optional<Path>>();
        namespaces.put("mount", Optional.empty());
        pins(facts.id(), facts.spec()).forEach((type, pin) -> namespaces.put(type, Optional.of(pin)));
        if (facts.holder().pid() != 0) {
            namespaces.put("pid", Optional.of(Path.of("/proc/" + facts.holder().pid() + "/ns/pid")));
        } else if (!facts.spec().hostPid()) {
            namespaces.put("pid", Optional.empty());
        }
        if (cgroupNamespace) {
            namespaces.put("cgroup", Optional.empty());
        }
        return namespaces;
    }

    // With the host's network goes the host's name.
    private Map<String, Path> pins(String id, SandboxSpec spec) {
        var pins = new LinkedHashMap<String, Path>();
        String name = id.substring(0, SHORT);
        if (spec.users().isPresent()) {
            pins.put("user", host.pins().resolve(name + ".user"));
        }
        if (!spec.hostNetwork()) {
            pins.put("network", network(id));
            pins.put("uts", host.pins().resolve(name + ".uts"));
        }
        if (!spec.hostIpc()) {
            pins.put("ipc", host.pins().resolve(name + ".ipc"));
        }
        return pins;
    }

    // What is not of the sandbox's own namespaces would change the host.
    private static Map<String, String> sysctls(SandboxSpec spec) {
        var byPath = new LinkedHashMap<String, String>();
        spec.sysctls().forEach((name, value) -> {
            String path = path(name);
            boolean network = path.startsWith("net/") && !spec.hostNetwork();
            boolean ipc = IPC_SYSCTL.matcher(path).matches() && !spec.hostIpc();
            if (!SYSCTL.matcher(name).matches() || !network && !ipc) {
                throw new RuntimeFaultException(
                        Kind.FAILED, "sysctl \"" + name + "\" is not in a namespace of the pod's own");
            }
            byPath.put(path, value);
        });
        return byPath;
    }

    // The first separator says which of the two the others are (sysctl.d(5)).
    private static String path(String name) {
        int dot = name.indexOf('.');
        int slash = name.indexOf('/');
        if (dot < 0 || slash >= 0 && slash < dot) {
            return name;
        }
        return name.replace('.', '\0').replace('/', '.').replace('\0', '/');
    }

    private static void touch(Path pin) {
        try {
            if (!Files.exists(pin)) {
                Files.createFile(pin);
            }
        } catch (IOException denied) {
            throw new UncheckedIOException(denied);
        }
    }
}
