package dev.longshore.http;

import static java.util.Objects.requireNonNull;

import dev.longshore.base.Time;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelOption;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.io.IOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/// Serves one [Handler] on any number of addresses. Netty carries the bytes on a few event loops; every request
/// gets a virtual thread of its own.
public final class HttpServer implements AutoCloseable {

    /// When writers wait, and when they go on.
    static final WriteBufferWaterMark WATER_MARK = new WriteBufferWaterMark(64 * 1024, 192 * 1024);

    private static final int EVENT_LOOPS = 2;

    private final Edge edge;
    private final MultiThreadIoEventLoopGroup loops;
    private final ChannelGroup connections;
    private final List<Channel> listeners = new ArrayList<>();
    private final List<UnixListener> unixListeners = new ArrayList<>();
    private boolean isClosed;

    /// A server that listens nowhere yet; `name` is for its threads.
    public HttpServer(String name, Handler handler, Time time, Limits limits) {
        this.edge = new Edge(
                requireNonNull(handler, "handler"),
                requireNonNull(limits, "limits"),
                requireNonNull(time, "time"),
                new LiveExchanges());
        this.loops = new MultiThreadIoEventLoopGroup(
                EVENT_LOOPS, new DefaultThreadFactory(name, true), NioIoHandler.newFactory());
        this.connections = new DefaultChannelGroup(loops.next());
    }

    /// A server with the default limits and the machine's clock; `name` is for its threads.
    public HttpServer(String name, Handler handler) {
        this(name, handler, Time.system(), Limits.DEFAULT);
    }

    /// Listens for plain HTTP/1.1; answers the port, which matters when `address` has port 0.
    ///
    /// @throws BindException when the address is taken
    public int listen(InetSocketAddress address) throws IOException {
        return bind(address, new PlainChannels(edge, connections));
    }

    /// Listens for TLS with HTTP/2 or HTTP/1.1 inside, whichever the client prefers; answers the port.
    public int listen(InetSocketAddress address, Tls tls) throws IOException {
        return bind(address, new TlsChannels(edge, connections, tls));
    }

    /// Listens on a unix socket that only our own user may open. A file left behind by a dead process is
    /// replaced.
    public void listen(Path path) throws IOException {
        UnixListener listener = UnixListener.open(path, loops, new PlainChannels(edge, connections));
        synchronized (this) {
            unixListeners.add(listener);
        }
    }

    /// Stops listening, lets requests end for the grace time, then interrupts them and drops their connections.
    @Override
    public void close() {
        List<Channel> bound;
        List<UnixListener> unix;
        synchronized (this) {
            if (isClosed) {
                return;
            }
            isClosed = true;
            bound = List.copyOf(listeners);
            unix = List.copyOf(unixListeners);
        }
        bound.forEach(listener -> listener.close().awaitUninterruptibly(1, TimeUnit.SECONDS));
        unix.forEach(UnixListener::close);
        connections.forEach(connection -> connection.pipeline().fireUserEventTriggered(Edge.DRAIN));
        edge.live().awaitNone(edge.limits().grace());
        edge.live().interruptAll();
        connections.close().awaitUninterruptibly(1, TimeUnit.SECONDS);
        edge.live().awaitNone(Duration.ofSeconds(2));
        loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly(2, TimeUnit.SECONDS);
    }

    private int bind(InetSocketAddress address, ChannelHandler childHandler) throws IOException {
        ChannelFuture binding = new ServerBootstrap()
                .group(loops)
                .channel(NioServerSocketChannel.class)
                .option(ChannelOption.SO_BACKLOG, 1024)
                .option(ChannelOption.SO_REUSEADDR, true)
                .childOption(ChannelOption.AUTO_READ, false)
                .childOption(ChannelOption.WRITE_BUFFER_WATER_MARK, WATER_MARK)
                .childOption(ChannelOption.TCP_NODELAY, true)
                .childOption(ChannelOption.SO_KEEPALIVE, true)
                .childHandler(childHandler)
                .bind(address)
                .awaitUninterruptibly();
        if (!binding.isSuccess()) {
            var refused = new BindException("cannot listen on " + address);
            refused.initCause(binding.cause());
            throw refused;
        }
        synchronized (this) {
            listeners.add(binding.channel());
        }
        return ((InetSocketAddress) binding.channel().localAddress()).getPort();
    }

    /// How TLS is spoken.
    ///
    /// @param identity what to show; asked anew for each connection, so that it can be replaced
    /// @param clientAuthorities who may vouch for clients' certificates; asked anew for each connection, too
    /// @param isChecked whether a client that shows a certificate which nobody here vouches for is turned away;
    /// else it comes in, and whoever reads [Peer#certificates()] must find out who vouches for them
    public record Tls(
            Supplier<TlsIdentity> identity, Supplier<List<X509Certificate>> clientAuthorities, boolean isChecked) {

        /// A client may come without a certificate, but not with one that nobody here vouches for.
        public Tls(Supplier<TlsIdentity> identity, List<X509Certificate> clientAuthorities) {
            this(identity, fixed(clientAuthorities), true);
        }

        private static Supplier<List<X509Certificate>> fixed(List<X509Certificate> authorities) {
            List<X509Certificate> copy = List.copyOf(authorities);
            return () -> copy;
        }
    }

    /// How much the server bears from one peer.
    ///
    /// @param requestLine bytes of the first line
    /// @param head bytes of all header fields
    /// @param buffer bytes of a body that wait for the handler, and that are skipped when it does not want them
    /// @param firstHead how long a new connection may take until its first request
    /// @param idle how long a kept connection may rest between requests, and how long a peer may take to read a
    /// whole answer
    /// @param bodyWait how long a handler waits for the next bytes of a body
    /// @param grace how long running requests may go on when the server closes
    public record Limits(
            int requestLine,
            int head,
            int buffer,
            Duration firstHead,
            Duration idle,
            Duration bodyWait,
            Duration grace) {

        /// A head as large as Go's server takes it.
        public static final Limits DEFAULT = new Limits(
                1024 * 1024,
                1024 * 1024,
                256 * 1024,
                Duration.ofSeconds(30),
                Duration.ofMinutes(3),
                Duration.ofMinutes(1),
                Duration.ofSeconds(2));

        /// These limits with another grace.
        public Limits withGrace(Duration another) {
            return new Limits(requestLine, head, buffer, firstHead, idle, bodyWait, another);
        }
    }
}
