package dev.longshore.kubelet.plugins;

import static java.util.Objects.requireNonNull;

import dev.longshore.base.Time;
import dev.longshore.http.grpc.GrpcClient;
import dev.longshore.http.grpc.GrpcException;
import dev.longshore.http.grpc.GrpcMethod;
import dev.longshore.kubelet.plugins.proto.InfoRequest;
import dev.longshore.kubelet.plugins.proto.PluginInfo;
import dev.longshore.kubelet.plugins.proto.RegistrationStatus;
import dev.longshore.kubelet.plugins.proto.RegistrationStatusResponse;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Finds sockets in a directory, asks who listens there, and has each plugin taken up by its [PluginKind]. A socket
/// that is gone, or made anew, takes its plugin with it. Looks every second; a plugin that fails is asked again ever
/// more slowly.
public final class PluginRegistry implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(PluginRegistry.class);
    private static final Duration LOOK = Duration.ofSeconds(1);
    private static final Duration LONGEST_PAUSE = Duration.ofMinutes(2);
    private static final Duration LIMIT = Duration.ofSeconds(10);
    private static final int DEPTH = 3;
    private static final int MOST_PLUGINS = 1000;

    private static final GrpcMethod<InfoRequest, PluginInfo> GET_INFO = GrpcMethod.unary(
            "pluginregistration.Registration/GetInfo",
            InfoRequest.getDefaultInstance(),
            PluginInfo.getDefaultInstance());
    private static final GrpcMethod<RegistrationStatus, RegistrationStatusResponse> NOTIFY = GrpcMethod.unary(
            "pluginregistration.Registration/NotifyRegistrationStatus",
            RegistrationStatus.getDefaultInstance(),
            RegistrationStatusResponse.getDefaultInstance());

    private final Path directory;
    private final Map<String, PluginKind> kinds;
    private final Time time;
    private final Thread thread;
    private final Map<Path, Found> found = new HashMap<>();

    /// Of the sockets in `directory` and below.
    public PluginRegistry(Path directory, List<PluginKind> kinds, Time time) {
        this.directory = requireNonNull(directory, "directory");
        this.kinds = kinds.stream().collect(Collectors.toMap(PluginKind::type, Function.identity()));
        this.time = requireNonNull(time, "time");
        this.thread = Thread.ofVirtual().name("kubelet-plugins").unstarted(this::work);
    }

    /// A socket, and whose it is if that plugin was taken up.
    private static final class Found {
        private final Object identity;
        private Optional<Plugin> plugin = Optional.empty();
        private Duration pause = LOOK;
        private Instant next = Instant.EPOCH;

        Found(Object identity) {
            this.identity = identity;
        }
    }

    private record Plugin(PluginKind kind, String name, Path endpoint) {}

    /// Begins to look.
    public void start() throws IOException {
        Files.createDirectories(directory);
        thread.start();
    }

    private void work() {
        try {
            while (true) {
                lookOnce();
                time.sleep(LOOK);
            }
        } catch (InterruptedException closed) {
            Thread.currentThread().interrupt();
        }
    }

    /// What one plugin says of itself must not end the search for others.
    private void lookOnce() throws InterruptedException {
        try {
            look();
        } catch (RuntimeException unforeseen) {
            log.warn("plugins below {} were not all looked at", directory, unforeseen);
        }
    }

    private void look() throws InterruptedException {
        Map<Path, Object> sockets = sockets();
        for (Path gone : List.copyOf(found.keySet())) {
            if (!found.get(gone).identity.equals(sockets.get(gone))) {
                found.remove(gone)
                        .plugin
                        .ifPresent(plugin -> plugin.kind().deregister(plugin.name(), plugin.endpoint()));
            }
        }
        for (var socket : sockets.entrySet()) {
            Found state = found.computeIfAbsent(socket.getKey(), path -> new Found(socket.getValue()));
            if (state.plugin.isEmpty() && !time.now().isBefore(state.next)) {
                register(socket.getKey(), state);
            }
        }
    }

    /// By what they are, so that one made anew is told from the one before.
    private Map<Path, Object> sockets() {
        var sockets = new HashMap<Path, Object>();
        try (Stream<Path> files = Files.find(
                directory,
                DEPTH,
                (path, attributes) -> attributes.isOther()
                        && !directory.relativize(path).toString().startsWith(".")
                        && !path.getFileName().toString().startsWith("."))) {
            for (Path file : files.limit(MOST_PLUGINS).toList()) {
                var attributes = Files.readAttributes(file, BasicFileAttributes.class);
                sockets.put(file, List.of(attributes.fileKey(), attributes.lastModifiedTime()));
            }
        } catch (IOException | java.io.UncheckedIOException changed) {
            log.debug("{} changed while it was looked through: {}", directory, changed.getMessage());
        }
        return sockets;
    }

    private void register(Path socket, Found state) throws InterruptedException {
        try (GrpcClient client = GrpcClient.to(socket)) {
            PluginInfo info = client.call(GET_INFO, InfoRequest.getDefaultInstance(), LIMIT);
            Optional<String> refusal = takeUp(socket, state, info);
            client.call(
                    NOTIFY,
                    RegistrationStatus.newBuilder()
                            .setPluginRegistered(refusal.isEmpty())
                            .setError(refusal.orElse(""))
                            .build(),
                    LIMIT);
            if (refusal.isEmpty()) {
                log.info("{} {} has registered", info.getType(), info.getName());
                return;
            }
            log.warn("{} {} cannot be used: {}", info.getType(), info.getName(), refusal.get());
        } catch (GrpcException failed) {
            log.warn("plugin at {} did not register: {}", socket, failed.getMessage());
        }
        state.next = time.now().plus(state.pause);
        Duration doubled = state.pause.multipliedBy(2);
        state.pause = doubled.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : doubled;
    }

    private Optional<String> takeUp(Path socket, Found state, PluginInfo info) throws InterruptedException {
        PluginKind kind = kinds.get(info.getType());
        if (kind == null) {
            return Optional.of("RegisterPlugin error -- no handler registered for plugin type: %s at socket %s"
                    .formatted(info.getType(), socket));
        }
        try {
            Path endpoint = info.getEndpoint().isEmpty() ? socket : Path.of(info.getEndpoint());
            kind.register(info.getName(), endpoint, info.getSupportedVersionsList());
            state.plugin = Optional.of(new Plugin(kind, info.getName(), endpoint));
            return Optional.empty();
        } catch (PluginException | GrpcException | InvalidPathException refused) {
            return Optional.of("RegisterPlugin error -- plugin registration failed with err: " + refused.getMessage());
        }
    }

    @Override
    public void close() {
        thread.interrupt();
        try {
            thread.join(LIMIT);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
