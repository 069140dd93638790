package dev.longshore.http;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Supplier;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSocket;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The edge: HTTP/1.1 (RFC 9112) over TCP, TLS and unix sockets, with upgrades to WebSocket, SPDY/3.1 and raw
/// bytes. Each connection has one virtual thread that simply blocks. Thread-safe.
public final class HttpServer implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(HttpServer.class);
    private static final Duration HANDSHAKE_LIMIT = Duration.ofSeconds(10);
    private static final Duration FINISH_LIMIT = Duration.ofSeconds(3);
    private static final Duration ABORT_LIMIT = Duration.ofSeconds(1);
    private static final int BACKLOG = 1024;

    private final String name;
    private final Handler handler;
    private final List<AutoCloseable> listeners = new CopyOnWriteArrayList<>();
    private final Set<ServerConnection> connections = ConcurrentHashMap.newKeySet();
    private final Set<Thread> threads = ConcurrentHashMap.newKeySet();
    private volatile boolean isClosing;

    /// How TLS is spoken.
    ///
    /// @param identity what to show; asked anew for each connection, so that it can be replaced
    /// @param clientAuthorities who may vouch for clients' certificates; a client may come without one, but not
    /// with one that nobody here vouches for
    public record Tls(Supplier<TlsIdentity> identity, List<X509Certificate> clientAuthorities) {
        public Tls {
            clientAuthorities = List.copyOf(clientAuthorities);
        }
    }

    /// A server that does not listen yet; `name` is for its threads.
    public HttpServer(String name, Handler handler) {
        this.name = name;
        this.handler = handler;
    }

    /// Listens for plain connections; returns the port.
    ///
    /// @throws IOException when the address is taken
    public int listen(InetSocketAddress address) throws IOException {
        return listen(address, (socket, ignored) -> accept(Wire.of(socket, socket), socket, List.of(), false));
    }

    /// Listens for TLS connections; returns the port.
    ///
    /// @throws IOException when the address is taken
    public int listen(InetSocketAddress address, Tls tls) throws IOException {
        var contexts = new CurrentContext(tls);
        return listen(address, (socket, ignored) -> {
            var secure = (SSLSocket) contexts.get().getSocketFactory().createSocket(socket, null, true);
            secure.setUseClientMode(false);
            secure.setWantClientAuth(true);
            secure.setSoTimeout((int) HANDSHAKE_LIMIT.toMillis());
            secure.startHandshake();
            accept(Wire.of(secure, socket), socket, peerCertificates(secure), true);
        });
    }

    /// Listens on a unix socket that only its owner may use; a file left by a dead server is replaced.
    public void listen(Path socketFile) throws IOException {
        Files.deleteIfExists(socketFile);
        var channel = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        channel.bind(UnixDomainSocketAddress.of(socketFile), BACKLOG);
        Files.setPosixFilePermissions(socketFile, PosixFilePermissions.fromString("rw-------"));
        listeners.add(() -> {
            channel.close();
            Files.deleteIfExists(socketFile);
        });
        start(name + "-accept", () -> {
            while (!isClosing) {
                try {
                    var accepted = channel.accept();
                    var connection =
                            new ServerConnection(Wire.of(accepted), new Peer("unix", List.of(), false), handler);
                    start(name, () -> serve(connection));
                } catch (IOException refused) {
                    if (!channel.isOpen()) {
                        return;
                    }
                    log.warn("{}: cannot accept: {}", name, refused.getMessage());
                }
            }
        });
    }

    /// Stops listening, gives running requests three seconds to end, then ends them.
    @Override
    public void close() {
        isClosing = true;
        for (AutoCloseable listener : listeners) {
            try {
                listener.close();
            } catch (Exception broken) {
                log.debug("{}: closing a listener: {}", name, broken.getMessage());
            }
        }
        connections.forEach(ServerConnection::finish);
        await(FINISH_LIMIT);
        connections.forEach(ServerConnection::abort);
        await(ABORT_LIMIT);
    }

    private int listen(InetSocketAddress address, Greeting greeting) throws IOException {
        var socket = new ServerSocket();
        try {
            socket.setReuseAddress(true);
            socket.bind(address, BACKLOG);
        } catch (IOException taken) {
            socket.close();
            throw taken;
        }
        listeners.add(socket);
        start(name + "-accept", () -> {
            while (!isClosing) {
                try {
                    Socket accepted = socket.accept();
                    start(name, () -> greet(accepted, greeting));
                } catch (IOException refused) {
                    if (socket.isClosed()) {
                        return;
                    }
                    log.warn("{}: cannot accept: {}", name, refused.getMessage());
                }
            }
        });
        return socket.getLocalPort();
    }

    private void greet(Socket socket, Greeting greeting) {
        try (socket) {
            socket.setTcpNoDelay(true);
            socket.setKeepAlive(true);
            greeting.greet(socket, name);
        } catch (IOException stranger) {
            log.debug("{}: {}: {}", name, socket.getRemoteSocketAddress(), stranger.getMessage());
        }
    }

    private void accept(Wire wire, Socket socket, List<X509Certificate> certificates, boolean isTls)
            throws IOException {
        var from = (InetSocketAddress) socket.getRemoteSocketAddress();
        String address = from.getAddress().getHostAddress() + ":" + from.getPort();
        serve(new ServerConnection(wire, new Peer(address, certificates, isTls), handler));
    }

    private void serve(ServerConnection connection) {
        connections.add(connection);
        try {
            if (!isClosing) {
                connection.run();
            }
        } finally {
            connections.remove(connection);
        }
    }

    private void start(String threadName, Runnable task) {
        Thread.ofVirtual().name(threadName).start(() -> {
            threads.add(Thread.currentThread());
            try {
                task.run();
            } finally {
                threads.remove(Thread.currentThread());
            }
        });
    }

    private void await(Duration limit) {
        long deadline = System.nanoTime() + limit.toNanos();
        for (Thread thread : threads) {
            try {
                long left = deadline - System.nanoTime();
                if (left > 0 && thread != Thread.currentThread()) {
                    thread.join(Duration.ofNanos(left));
                }
            } catch (InterruptedException interrupted) {
                Thread.currentThread().interrupt();
                return;
            }
        }
    }

    private static List<X509Certificate> peerCertificates(SSLSocket socket) {
        try {
            var chain = new ArrayList<X509Certificate>();
            for (Certificate certificate : socket.getSession().getPeerCertificates()) {
                Stream.of(certificate)
                        .filter(X509Certificate.class::isInstance)
                        .map(X509Certificate.class::cast)
                        .forEach(chain::add);
            }
            return chain;
        } catch (SSLPeerUnverifiedException none) {
            return List.of();
        }
    }

    /// Makes of a fresh socket a connection, and serves it.
    private interface Greeting {
        void greet(Socket socket, String name) throws IOException;
    }

    /// The TLS context of the identity that is shown now.
    private static final class CurrentContext {
        private final Tls tls;
        private TlsIdentity identity;
        private SSLContext context;

        CurrentContext(Tls tls) {
            this.tls = tls;
        }

        synchronized SSLContext get() {
            TlsIdentity now = tls.identity.get();
            if (context == null || !now.equals(identity)) {
                identity = now;
                context = TlsContexts.of(Optional.of(now), tls.clientAuthorities);
            }
            return context;
        }
    }
}
