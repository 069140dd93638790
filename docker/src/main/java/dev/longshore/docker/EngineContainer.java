package dev.longshore.docker;

import dev.longshore.base.Digest;
import dev.longshore.base.Json;
import dev.longshore.runtime.Streams;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.ReentrantLock;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// One container of the engine. What may change is replaced whole, and read without a lock; who changes it holds
/// [#work], the container's own lock, under which nobody waits for its end.
final class EngineContainer {

    private final String id;
    private final Path directory;
    private final Instant createdAt;
    private final String imageName;
    private final Digest image;
    private final List<MountPoint> mounts;
    private final ReentrantLock work = new ReentrantLock();
    private final List<CompletableFuture<Streams.Attachment>> waiting = new ArrayList<>();
    private final CompletableFuture<RunState> removed = new CompletableFuture<>();
    private volatile String name;
    private volatile ContainerConfig config;
    private volatile RunState state;
    private volatile Map<String, Endpoint> endpoints;
    private volatile Optional<HealthState> health = Optional.empty();
    private volatile CompletableFuture<RunState> ending = new CompletableFuture<>();
    private volatile boolean keepsItself;
    private volatile List<Ports.Binding> published = List.of();

    private EngineContainer(
            String id,
            Path directory,
            Instant createdAt,
            String imageName,
            Digest image,
            List<MountPoint> mounts,
            String name,
            ContainerConfig config,
            RunState state,
            Map<String, Endpoint> endpoints) {
        this.id = id;
        this.directory = directory;
        this.createdAt = createdAt;
        this.imageName = imageName;
        this.image = image;
        this.mounts = List.copyOf(mounts);
        this.name = name;
        this.config = config;
        this.state = state;
        this.endpoints = endpoints;
    }

    /// One that is new.
    static EngineContainer created(
            String id,
            Path directory,
            Instant at,
            String imageName,
            Digest image,
            List<MountPoint> mounts,
            String name,
            ContainerConfig config,
            Map<String, Endpoint> endpoints) {
        return new EngineContainer(
                id, directory, at, imageName, image, mounts, name, config, RunState.CREATED, endpoints);
    }

    /// The one that is written down in `directory`.
    static EngineContainer read(Path directory, JsonNode tree) {
        var mounts = new ArrayList<MountPoint>();
        tree.path("mounts").forEach(mount -> mounts.add(MountPoint.of(mount)));
        var endpoints = new LinkedHashMap<String, Endpoint>();
        tree.path("endpoints").forEach(endpoint -> {
            Endpoint read = Endpoint.of(endpoint);
            endpoints.put(read.networkName(), read);
        });
        var container = new EngineContainer(
                tree.path("id").asString(),
                directory,
                JsonFields.time(tree.path("createdAt").asString("")),
                tree.path("imageName").asString(""),
                Digest.parse(tree.path("image").asString()),
                mounts,
                tree.path("name").asString(""),
                new ContainerConfig((ObjectNode) tree.path("config"), (ObjectNode) tree.path("host")),
                RunState.of(tree.path("state")),
                endpoints);
        var published = new ArrayList<Ports.Binding>();
        tree.path("published").forEach(binding -> published.add(Ports.Binding.of(binding)));
        container.published(published);
        container.health(HealthState.of(tree.path("health")));
        return container;
    }

    /// As it is written down.
    ObjectNode json() {
        ObjectNode tree = Json.object()
                .put("id", id)
                .put("name", name)
                .put("createdAt", JsonFields.time(createdAt))
                .put("imageName", imageName)
                .put("image", image.toString());
        tree.set("state", state.json());
        tree.set("config", config.config());
        tree.set("host", config.host());
        health.ifPresent(known -> tree.set("health", known.shown()));
        var mountList = tree.putArray("mounts");
        mounts.forEach(mount -> mountList.add(mount.json()));
        var endpointList = tree.putArray("endpoints");
        endpoints.values().forEach(endpoint -> endpointList.add(endpoint.json()));
        var publishedList = tree.putArray("published");
        published.forEach(binding -> publishedList.add(binding.json()));
        return tree;
    }

    String id() {
        return id;
    }

    String shortId() {
        return id.substring(0, 12);
    }

    Path directory() {
        return directory;
    }

    /// Where the runtime writes what it prints.
    Path logFile() {
        return directory.resolve("logs").resolve("container.log");
    }

    /// The directory of its writable layer, in overlayfs form.
    Path upper() {
        return directory.resolve("layer").resolve("upper");
    }

    Instant createdAt() {
        return createdAt;
    }

    String imageName() {
        return imageName;
    }

    Digest image() {
        return image;
    }

    List<MountPoint> mounts() {
        return mounts;
    }

    /// Held by who changes it.
    ReentrantLock work() {
        return work;
    }

    String name() {
        return name;
    }

    void rename(String other) {
        name = other;
    }

    ContainerConfig config() {
        return config;
    }

    void configure(ContainerConfig other) {
        config = other;
    }

    RunState state() {
        return state;
    }

    void become(RunState other) {
        state = other;
    }

    /// By the network's name, the one with the default route first.
    Map<String, Endpoint> endpoints() {
        return endpoints;
    }

    void connect(Map<String, Endpoint> others) {
        endpoints = java.util.Collections.unmodifiableMap(new LinkedHashMap<>(others));
    }

    /// Its ports of the host, while it runs.
    List<Ports.Binding> published() {
        return published;
    }

    void published(List<Ports.Binding> bindings) {
        published = List.copyOf(bindings);
    }

    Optional<HealthState> health() {
        return health;
    }

    void health(Optional<HealthState> other) {
        health = other;
    }

    /// Completed when the run that is under way, or the next one, has ended for good: not to be started again by
    /// the restart policy.
    CompletableFuture<RunState> ending() {
        return ending;
    }

    /// A run has ended for good.
    void ended() {
        CompletableFuture<RunState> over = ending;
        ending = new CompletableFuture<>();
        over.complete(state);
    }

    /// Completed when it is removed.
    CompletableFuture<RunState> removed() {
        return removed;
    }

    /// True while a restart is under way, which is no reason for it to remove itself.
    boolean keepsItself() {
        return keepsItself;
    }

    void keepsItself(boolean keeps) {
        keepsItself = keeps;
    }

    /// What will be joined when it starts.
    CompletableFuture<Streams.Attachment> awaitStart() {
        var attachment = new CompletableFuture<Streams.Attachment>();
        synchronized (waiting) {
            waiting.add(attachment);
        }
        return attachment;
    }

    /// Those who wait for its start; they are told once.
    List<CompletableFuture<Streams.Attachment>> takeWaiting() {
        synchronized (waiting) {
            List<CompletableFuture<Streams.Attachment>> all = List.copyOf(waiting);
            waiting.clear();
            return all;
        }
    }
}
