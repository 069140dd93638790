package dev.longshore.http.grpc;

import static java.util.Objects.requireNonNull;

import com.google.protobuf.MessageLite;
import dev.longshore.http.ClientTls;
import dev.longshore.http.HttpDialer;
import io.grpc.CallOptions;
import io.grpc.ConnectivityState;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.netty.NettyChannelBuilder;
import io.netty.channel.Channel;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioDomainSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.ssl.ApplicationProtocolNames;
import io.netty.handler.ssl.SslContext;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// Calls the services behind one unix socket or one address. It connects when first asked, and anew
/// whenever the last connection is gone: a call is refused at once (`UNAVAILABLE`) while nobody listens, never held
/// until somebody does. Thread-safe.
public final class GrpcClient implements AutoCloseable {

    /// The most that one message may hold, as kubelets have it.
    static final int LARGEST_MESSAGE = 16 << 20;

    private static final Duration KEEP_ALIVE_LIMIT = Duration.ofSeconds(5);

    private final SocketAddress address;
    private final Class<? extends Channel> type;
    private final Optional<Secured> secured;
    private final GrpcSettings settings;
    private final EventLoopGroup loops;

    private ManagedChannel current;
    private boolean isClosed;

    private GrpcClient(
            SocketAddress address, Class<? extends Channel> type, Optional<Secured> secured, GrpcSettings settings) {
        this.secured = secured;
        this.settings = settings;
        this.address = requireNonNull(address, "address");
        this.type = type;
        this.loops = new MultiThreadIoEventLoopGroup(
                1, new DefaultThreadFactory("grpc-client", true), NioIoHandler.newFactory());
    }

    /// A client of whoever listens on `socket`.
    public static GrpcClient to(Path socket) {
        return new GrpcClient(
                UnixDomainSocketAddress.of(socket), NioDomainSocketChannel.class, Optional.empty(), GrpcSettings.USUAL);
    }

    /// A client of whoever listens at `address`, in plain text: for this machine only.
    public static GrpcClient to(InetSocketAddress address) {
        return to(address, GrpcSettings.USUAL);
    }

    /// The same, with settings that are not the usual ones.
    public static GrpcClient to(InetSocketAddress address, GrpcSettings settings) {
        return new GrpcClient(address, NioSocketChannel.class, Optional.empty(), settings);
    }

    /// A client of whoever listens at `address` and proves to be the one that `tls` names, or else that host.
    ///
    /// @throws IllegalArgumentException when the keys cannot be used, or when nobody vouches for the server
    public static GrpcClient to(InetSocketAddress address, HttpDialer.Tls tls) {
        return to(address, tls, GrpcSettings.USUAL);
    }

    /// The same, with settings that are not the usual ones.
    public static GrpcClient to(InetSocketAddress address, HttpDialer.Tls tls, GrpcSettings settings) {
        var secured = new Secured(
                ClientTls.of(tls, ApplicationProtocolNames.HTTP_2),
                tls.serverName().orElse(address.getHostString()));
        return new GrpcClient(address, NioSocketChannel.class, Optional.of(secured), settings);
    }

    /// @param name of the server
    private record Secured(SslContext context, String name) {}

    /// One question, one answer, within `limit`. A caller that is interrupted cancels the call.
    ///
    /// @throws GrpcException with `DEADLINE_EXCEEDED` after `limit`, with `UNAVAILABLE` when nobody listens, or as
    /// the other side says
    public <Q extends MessageLite, R extends MessageLite> R call(GrpcMethod<Q, R> method, Q request, Duration limit)
            throws InterruptedException {
        try (GrpcCall<Q, R> call = open(method, limit)) {
            call.sendOnly(request);
            R answer = call.receive()
                    .orElseThrow(() -> new GrpcException(Status.Code.INTERNAL, method + " ended without an answer"));
            // Only the status that follows says that it is one.
            call.receive();
            return answer;
        }
    }

    /// One question, many answers: receive until empty, and close.
    ///
    /// @param limit for all of it
    public <Q extends MessageLite, R extends MessageLite> GrpcCall<Q, R> ask(
            GrpcMethod<Q, R> method, Q request, Duration limit) {
        GrpcCall<Q, R> call = open(method, limit);
        call.sendOnly(request);
        return call;
    }

    /// A call in which both sides may say much; to be closed.
    ///
    /// @param limit for all of it
    public <Q extends MessageLite, R extends MessageLite> GrpcCall<Q, R> open(GrpcMethod<Q, R> method, Duration limit) {
        CallOptions options = CallOptions.DEFAULT.withDeadlineAfter(limit.toNanos(), TimeUnit.NANOSECONDS);
        return GrpcCall.start(channel().newCall(method.descriptor(), options), settings.metadata());
    }

    /// Waits until there is a connection, which it makes where there is none.
    ///
    /// @return false if there was none within `limit`, or could not be: what is asked after that may never be sent
    public boolean awaitConnected(Duration limit) throws InterruptedException {
        var settled = new CompletableFuture<Boolean>();
        follow(channel(), settled);
        try {
            return settled.get(limit.toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException late) {
            return false;
        } catch (ExecutionException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    private static void follow(ManagedChannel channel, CompletableFuture<Boolean> settled) {
        ConnectivityState state = channel.getState(true);
        switch (state) {
            case READY -> settled.complete(true);
            case TRANSIENT_FAILURE, SHUTDOWN -> settled.complete(false);
            case IDLE, CONNECTING -> channel.notifyWhenStateChanged(state, () -> follow(channel, settled));
        }
    }

    /// Whether somebody listens, as far as it is known by now; begins to connect where it is not.
    public boolean isConnected() {
        try {
            return channel().getState(true) == ConnectivityState.READY;
        } catch (GrpcException closed) {
            return false;
        }
    }

    /// Cancels what is under way and disconnects.
    @Override
    public void close() {
        synchronized (this) {
            isClosed = true;
            if (current != null) {
                current.shutdownNow();
            }
        }
        loops.shutdownGracefully(0, 1, TimeUnit.SECONDS);
    }

    /// A channel that could not connect would keep its callers waiting for its back-off: it is replaced instead.
    private synchronized ManagedChannel channel() {
        if (isClosed) {
            throw new GrpcException(Status.Code.UNAVAILABLE, "the client of " + address + " is closed");
        }
        if (current != null && current.getState(false) == ConnectivityState.TRANSIENT_FAILURE) {
            current.shutdown();
            current = null;
        }
        if (current == null) {
            NettyChannelBuilder builder = NettyChannelBuilder.forAddress(address);
            secured.ifPresentOrElse(
                    tls -> builder.overrideAuthority(tls.name).sslContext(tls.context),
                    () -> builder.overrideAuthority("localhost").usePlaintext());
            current = builder.eventLoopGroup(loops)
                    .channelType(type)
                    // Callbacks only note what came and wake who waits: cheaper than a thread for each.
                    .directExecutor()
                    .maxInboundMessageSize(settings.largestAnswer())
                    .keepAliveTime(settings.keepAlive().toNanos(), TimeUnit.NANOSECONDS)
                    .keepAliveTimeout(KEEP_ALIVE_LIMIT.toNanos(), TimeUnit.NANOSECONDS)
                    .build();
        }
        return current;
    }
}
