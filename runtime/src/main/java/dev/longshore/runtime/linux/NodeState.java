package dev.longshore.runtime.linux;

import dev.longshore.runtime.RuntimeFaultException;
import dev.longshore.runtime.RuntimeFaultException.Kind;
import java.nio.file.Files;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.random.RandomGenerator;

/// The sandboxes and containers there are: in memory what the state files say. Thread-safe.
final class NodeState {

    /// The file that marks a sandbox of before the host was down.
    static final String LOST = "lost";

    private static final int ID_BYTES = 32;

    private final NodePaths paths;
    private final RandomGenerator randomness;
    private final Map<String, Sandbox> sandboxes = new ConcurrentHashMap<>();
    private final Map<String, Container> containers = new ConcurrentHashMap<>();

    NodeState(NodePaths paths, RandomGenerator randomness) {
        this.paths = paths;
        this.randomness = randomness;
    }

    NodePaths paths() {
        return paths;
    }

    Map<String, Sandbox> sandboxes() {
        return sandboxes;
    }

    Map<String, Container> containers() {
        return containers;
    }

    List<Container> containersOf(String sandboxId) {
        return containers.values().stream()
                .filter(container -> container.created().sandboxId().equals(sandboxId))
                .toList();
    }

    Sandbox sandbox(String id) {
        Sandbox sandbox = sandboxes.get(id);
        if (sandbox == null) {
            throw new RuntimeFaultException(Kind.NOT_FOUND, "no such sandbox: " + id);
        }
        return sandbox;
    }

    Container container(String id) {
        Container container = containers.get(id);
        if (container == null) {
            throw new RuntimeFaultException(Kind.NOT_FOUND, "no such container: " + id);
        }
        return container;
    }

    /// The container, which runs.
    ///
    /// @throws RuntimeFaultException when it does not
    Container running(String id) {
        Container container = container(id);
        if (!container.isRunning()) {
            throw new RuntimeFaultException(Kind.FAILED, "container " + id + " is not running");
        }
        return container;
    }

    String newId() {
        byte[] id = new byte[ID_BYTES];
        randomness.nextBytes(id);
        return HexFormat.of().formatHex(id);
    }

    /// Reads the sandboxes that stand written down.
    void loadSandboxes() {
        for (String id : StateFile.names(paths.sandboxes())) {
            StateFile.read(paths.sandbox(id).resolve("state.json"), SandboxFacts.class)
                    .ifPresent(facts -> sandboxes.put(
                            id,
                            new Sandbox(
                                    facts,
                                    Files.exists(paths.sandbox(id).resolve("stopped")),
                                    Files.exists(paths.sandbox(id).resolve(LOST)))));
        }
    }

    /// A sandbox, whether it was stopped, and whether the host has been down since it was made.
    static final class Sandbox {
        private final SandboxFacts facts;
        private final boolean lost;
        private volatile boolean stopped;

        Sandbox(SandboxFacts facts, boolean stopped, boolean lost) {
            this.facts = facts;
            this.stopped = stopped;
            this.lost = lost;
        }

        boolean isLost() {
            return lost;
        }

        SandboxFacts facts() {
            return facts;
        }

        boolean isStopped() {
            return stopped;
        }

        void stopped() {
            stopped = true;
        }
    }
}
