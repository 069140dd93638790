package dev.longshore.docker;

import dev.longshore.base.Time;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/// Which containers a list is about.
///
/// @param all whether those that do not run are asked for, too
record ContainerFilter(Filters filters, boolean all, Containers containers, ContainerViews views, Time time) {

    static final Set<String> KNOWN = Set.of(
            "ancestor",
            "before",
            "expose",
            "exited",
            "health",
            "id",
            "isolation",
            "is-task",
            "label",
            "name",
            "network",
            "publish",
            "since",
            "status",
            "volume");

    private static final Set<String> STATUSES =
            Set.of("created", "restarting", "running", "removing", "paused", "exited", "dead");

    ContainerFilter {
        for (String status : filters.values("status")) {
            if (!STATUSES.contains(status)) {
                throw EngineException.invalid("invalid filter 'status=" + status + "'");
            }
        }
        for (String code : filters.values("exited")) {
            if (!code.matches("-?[0-9]{1,9}")) {
                throw EngineException.invalid("invalid filter 'exited=" + code + "'");
            }
        }
    }

    boolean accepts(EngineContainer container) {
        RunState state = container.state();
        boolean showsAll = all || filters.has("status") || filters.has("exited");
        return (showsAll || state.isRunning())
                && filters.any("status", state.status().word()::equals)
                && filters.any(
                        "exited",
                        code -> !state.isRunning()
                                && state.status() == RunState.Status.EXITED
                                && state.exitCode() == Integer.parseInt(code))
                && filters.any("id", container.id()::startsWith)
                && filters.any("name", pattern -> matches(pattern, container.name()))
                && filters.labels(container.config().labels())
                && filters.any("health", health(container)::equals)
                && filters.any("network", network -> isOn(container, network))
                && filters.any("volume", volume -> mounts(container, volume))
                && filters.any("publish", port -> publishes(container, port))
                && filters.any("expose", port -> exposes(container, port))
                && filters.any("ancestor", image -> views.descends(container, image))
                && filters.any("before", other -> isOlder(container, containers.get(other)))
                && filters.any("since", other -> isOlder(containers.get(other), container));
    }

    private static boolean matches(String pattern, String name) {
        try {
            Pattern compiled = Pattern.compile(pattern);
            return compiled.matcher(name).find() || compiled.matcher("/" + name).find();
        } catch (PatternSyntaxException plain) {
            return name.contains(pattern);
        }
    }

    private static String health(EngineContainer container) {
        return container.health().map(HealthState::status).orElse("none");
    }

    private static boolean isOn(EngineContainer container, String network) {
        return container.endpoints().values().stream()
                .anyMatch(endpoint -> endpoint.networkName().equals(network)
                        || endpoint.networkId().startsWith(network));
    }

    private static boolean mounts(EngineContainer container, String volume) {
        return container.mounts().stream()
                .anyMatch(mount -> mount.name().equals(volume)
                        || mount.destination().equals(volume)
                        || mount.source().equals(volume));
    }

    private static boolean publishes(EngineContainer container, String port) {
        return container.published().stream()
                .anyMatch(binding -> covers(port, binding.containerPort(), binding.protocol())
                        || covers(port, binding.hostPort(), binding.protocol()));
    }

    private static boolean exposes(EngineContainer container, String port) {
        return container.config().config().path("ExposedPorts").propertyNames().stream()
                .map(Ports.Target::parse)
                .anyMatch(target -> covers(port, target.port(), target.protocol()));
    }

    /// `wanted` is a port or a range, with a protocol or TCP's.
    private static boolean covers(String wanted, int port, String protocol) {
        String[] parts = wanted.split("/", 2);
        String[] range = parts[0].split("-", 2);
        if (!range[0].matches("[0-9]{1,5}") || !range[range.length - 1].matches("[0-9]{1,5}")) {
            throw EngineException.invalid("invalid filter: invalid port: " + wanted);
        }
        return (parts.length == 2 ? parts[1] : "tcp").equals(protocol)
                && port >= Integer.parseInt(range[0])
                && port <= Integer.parseInt(range[range.length - 1]);
    }

    private static boolean isOlder(EngineContainer container, EngineContainer other) {
        return container.createdAt().isBefore(other.createdAt());
    }
}
