package dev.longshore.runtime.linux;

import dev.longshore.linux.Commands;
import dev.longshore.linux.HostTools;
import dev.longshore.runtime.HandlerFeatures;
import dev.longshore.runtime.RuntimeFaultException;
import dev.longshore.runtime.RuntimeFaultException.Kind;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/// The OCI runtimes of this node by the names under which pods ask for them, and which of them each container has.
/// The usual one is crun, or runc where there is no crun; each that is there can also be asked for by its own name.
/// Thread-safe.
final class OciPrograms {

    private final Path usual;
    private final Path states;
    private final Map<String, Path> byHandler;
    private final OciFeatures features;
    private final Map<String, String> others = new ConcurrentHashMap<>();

    /// @param states where the runtimes keep their own state, a directory for each
    /// @param more handlers beyond those that are found, or in their place
    OciPrograms(Path states, Map<String, Path> more, Commands commands) {
        var tools = new HostTools(commands);
        var found = new LinkedHashMap<String, Path>();
        tools.find("crun").ifPresent(path -> found.put("crun", path));
        tools.find("runc").ifPresent(path -> found.put("runc", path));
        found.putAll(more);
        this.usual = Optional.ofNullable(found.get("crun"))
                .or(() -> Optional.ofNullable(found.get("runc")))
                .orElse(Path.of("crun"));
        this.states = states;
        this.features = new OciFeatures(commands);
        this.byHandler = Map.copyOf(found);
    }

    Path usual() {
        return usual;
    }

    Set<String> handlers() {
        return byHandler.keySet();
    }

    /// What the runtime called `handler` can do; nothing if there is none.
    HandlerFeatures features(String handler) {
        Path program = handler.isEmpty() ? usual : byHandler.get(handler);
        return program == null ? HandlerFeatures.NONE : features.of(program);
    }

    /// @throws RuntimeFaultException when the node has no such runtime
    void require(String handler) {
        if (!handler.isEmpty() && !byHandler.containsKey(handler)) {
            throw new RuntimeFaultException(
                    Kind.FAILED,
                    "failed to get sandbox runtime: no runtime for \"%s\" is configured".formatted(handler));
        }
    }

    /// Notes that container `id` has the runtime that `handler` names.
    void use(String id, String handler) {
        if (byHandler.containsKey(handler)) {
            others.put(id, handler);
        }
    }

    /// Container `id` is no more.
    void forget(String id) {
        others.remove(id);
    }

    Path of(String id) {
        return Optional.ofNullable(others.get(id)).map(byHandler::get).orElse(usual);
    }

    /// Where the runtime of container `id` keeps its state: two kinds of runtimes in one directory would take each
    /// other's for broken.
    Path state(String id) {
        return Optional.ofNullable(others.get(id))
                .map(handler -> states.resolveSibling(states.getFileName() + "-" + handler))
                .orElse(states);
    }
}
