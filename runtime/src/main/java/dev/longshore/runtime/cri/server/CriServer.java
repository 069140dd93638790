package dev.longshore.runtime.cri.server;

import dev.longshore.base.Time;
import dev.longshore.http.grpc.GrpcServer;
import dev.longshore.http.grpc.GrpcService;
import dev.longshore.runtime.NodeRuntime;
import dev.longshore.runtime.cri.CriMethods;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.random.RandomGenerator;

/// Serves a runtime of ours over CRI v1, as kubelets and `crictl` speak it, on a unix socket that only our own user
/// may open. It keeps nothing of its own that matters: what runs is the runtime's, and a client sees also what others
/// have made there. Thread-safe.
public final class CriServer implements AutoCloseable {

    private final Settings settings;
    private final StreamingServer streaming;
    private final Bell bell = new Bell();
    private final NodeRuntime runtime;
    private final List<GrpcService> services;
    private AutoCloseable exits = () -> {};
    private GrpcServer server;

    /// Of `runtime`; listens from [#start] on.
    ///
    /// @param randomness one that nobody can foretell: it makes the tokens of conversations
    public CriServer(Settings settings, NodeRuntime runtime, RandomGenerator randomness, Time time) {
        this.settings = settings;
        this.runtime = runtime;
        this.streaming = new StreamingServer(randomness, time);
        var ids = new Ids(runtime);
        var turns = new InTurn();
        var told = new Told(runtime.images());
        var images = new ImageCalls(runtime, settings.images(), settings.containers(), time);
        var runtimeService = new GrpcService(CriMethods.RUNTIME);
        var imageService = new GrpcService(CriMethods.IMAGES);
        new SelfCalls(runtime, settings).offer(runtimeService);
        new SandboxCalls(runtime, new WantedSandbox(settings, randomness), turns, ids, bell).offer(runtimeService);
        new ContainerCalls(runtime, new WantedContainer(images::present, settings.unlogged()), told, turns, ids, bell)
                .offer(runtimeService);
        new StreamCalls(runtime, streaming, ids, time).offer(runtimeService);
        new StatsCalls(runtime, ids, time).offer(runtimeService);
        new MetricCalls(runtime, told, time).offer(runtimeService);
        new EventCalls(runtime, told, bell, time).offer(runtimeService);
        images.offer(imageService);
        this.services = List.of(runtimeService, imageService);
    }

    /// Where and as what.
    ///
    /// @param socket in a directory that exists
    /// @param version of this program
    /// @param cgroup the group of the runtime's pods, as `longshore-ID`
    /// @param hostname of sandboxes that have none of their own
    /// @param images where they are kept
    /// @param containers where what they write is kept
    /// @param unlogged stands for the log directory of sandboxes that have none; nothing is written there
    public record Settings(
            Path socket, String version, String cgroup, String hostname, Path images, Path containers, Path unlogged) {}

    /// Listens.
    public void start() throws IOException {
        exits = runtime.containers().onExit(ended -> bell.ring());
        server = GrpcServer.listen(settings.socket(), services);
    }

    /// Ends the conversations and removes the socket; what runs goes on.
    @Override
    public void close() {
        if (server != null) {
            server.close();
        }
        streaming.close();
        try {
            exits.close();
        } catch (Exception failure) {
            throw new IllegalStateException("the runtime's news cannot be left", failure);
        }
    }
}
