package dev.longshore.http.grpc;

import dev.longshore.http.HttpServer;
import dev.longshore.http.ServerTls;
import io.grpc.Server;
import io.grpc.netty.NettyServerBuilder;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerDomainSocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.ssl.ApplicationProtocolNames;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Serves [GrpcService]s: to whoever shows a certificate, or on a unix socket that only our own user may open. As with
/// the sockets of HTTP there is no moment at which others could: the file is made in a directory of our own, narrowed,
/// then moved into place, which also replaces what a dead process left.
public final class GrpcServer implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(GrpcServer.class);
    // Callers that leave are no news, and the library tells of each with its stack. Kept here, or its level would be
    // collected with it.
    private static final java.util.logging.Logger LIBRARY =
            java.util.logging.Logger.getLogger("io.grpc.netty.NettyServerHandler");
    /// A client that says nothing for so long is asked whether it is there, and forgotten when it is not: what it reads
    /// slowly may hold much for it.
    private static final Duration SILENCE = Duration.ofMinutes(1);

    private static final Duration ANSWER_LIMIT = Duration.ofSeconds(20);

    /// Clients may ask as often as etcd lets them (`--grpc-keepalive-min-time`): the usual five minutes would end the
    /// quiet watches of those who do.
    private static final Duration SHORTEST_ASKING = Duration.ofSeconds(5);

    private static final Duration GRACE = Duration.ofSeconds(2);

    static {
        LIBRARY.setLevel(java.util.logging.Level.SEVERE);
    }

    private final Optional<Path> socket;
    private final Server server;
    private final EventLoopGroup loops;

    private GrpcServer(Optional<Path> socket, Server server, EventLoopGroup loops) {
        this.socket = socket;
        this.server = server;
        this.loops = loops;
    }

    /// Listens at `address` for clients that one of the authorities vouches for.
    public static GrpcServer listen(InetSocketAddress address, HttpServer.Tls tls, List<GrpcService> services)
            throws IOException {
        return start(
                Optional.empty(),
                () -> NettyServerBuilder.forAddress(address)
                        .channelType(NioServerSocketChannel.class)
                        .sslContext(ServerTls.mutual(tls, ApplicationProtocolNames.HTTP_2)),
                services);
    }

    /// The port that it listens at; -1 for a unix socket.
    public int port() {
        return server.getPort();
    }

    /// Listens on `socket`, in a directory that exists.
    public static GrpcServer listen(Path socket, List<GrpcService> services) throws IOException {
        Path target = socket.toAbsolutePath();
        // A short name: the address of a unix socket holds about a hundred bytes.
        String name = ".%04x".formatted(ThreadLocalRandom.current().nextInt(0x10000));
        Path directory = Files.createDirectory(
                target.resolveSibling(name),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        Path made = directory.resolve("s");
        try {
            GrpcServer listening = start(
                    Optional.of(target),
                    () -> NettyServerBuilder.forAddress(UnixDomainSocketAddress.of(made))
                            .channelType(NioServerDomainSocketChannel.class),
                    services);
            Files.setPosixFilePermissions(made, PosixFilePermissions.fromString("rw-------"));
            Files.move(made, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            return listening;
        } finally {
            Files.deleteIfExists(made);
            Files.deleteIfExists(directory);
        }
    }

    /// Takes no more calls, lets those under way end for two seconds, then cancels them; removes the file.
    @Override
    public void close() {
        server.shutdown();
        try {
            if (socket.isPresent()) {
                Files.deleteIfExists(socket.get());
            }
            if (!server.awaitTermination(GRACE.toMillis(), TimeUnit.MILLISECONDS)) {
                server.shutdownNow();
                server.awaitTermination(GRACE.toMillis(), TimeUnit.MILLISECONDS);
            }
        } catch (IOException failure) {
            log.warn("cannot remove the socket {}", socket.orElseThrow(), failure);
        } catch (InterruptedException hurried) {
            server.shutdownNow();
            Thread.currentThread().interrupt();
        }
        loops.shutdownGracefully(0, 1, TimeUnit.SECONDS);
    }

    private static GrpcServer start(
            Optional<Path> socket, Supplier<NettyServerBuilder> place, List<GrpcService> services) throws IOException {
        var loops = new MultiThreadIoEventLoopGroup(
                1, new DefaultThreadFactory("grpc-server", true), NioIoHandler.newFactory());

        NettyServerBuilder builder = place.get()
                .bossEventLoopGroup(loops)
                .workerEventLoopGroup(loops)
                // Callbacks only note what came and wake who waits: cheaper than a thread for each.
                .directExecutor()
                .keepAliveTime(SILENCE.toNanos(), TimeUnit.NANOSECONDS)
                .keepAliveTimeout(ANSWER_LIMIT.toNanos(), TimeUnit.NANOSECONDS)
                .permitKeepAliveTime(SHORTEST_ASKING.toNanos(), TimeUnit.NANOSECONDS)
                .maxInboundMessageSize(GrpcClient.LARGEST_MESSAGE);
        services.forEach(service -> builder.addService(service.definition()));
        try {
            return new GrpcServer(socket, builder.build().start(), loops);
        } catch (IOException | RuntimeException failure) {
            loops.shutdownGracefully(0, 1, TimeUnit.SECONDS);
            throw failure;
        }
    }
}
