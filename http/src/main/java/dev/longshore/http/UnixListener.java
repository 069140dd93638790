package dev.longshore.http;

import io.netty.channel.ChannelHandler;
import io.netty.channel.EventLoopGroup;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.concurrent.ThreadLocalRandom;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Listens on a unix socket with a virtual thread that accepts, and gives the connections to Netty.
///
/// There is no moment at which others could open the file: it is made in a directory of our own, narrowed, then
/// moved into place, which also replaces what a dead process left.
final class UnixListener implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(UnixListener.class);
    private static final int BACKLOG = 1024;

    private final Path path;
    private final ServerSocketChannel listening;
    private final EventLoopGroup loops;
    private final ChannelHandler childHandler;

    private UnixListener(Path path, ServerSocketChannel listening, EventLoopGroup loops, ChannelHandler childHandler) {
        this.path = path;
        this.listening = listening;
        this.loops = loops;
        this.childHandler = childHandler;
    }

    static UnixListener open(Path path, EventLoopGroup loops, ChannelHandler childHandler) throws IOException {
        ServerSocketChannel listening = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        try {
            bind(listening, path.toAbsolutePath());
        } catch (IOException | RuntimeException failed) {
            listening.close();
            throw failed;
        }
        var listener = new UnixListener(path, listening, loops, childHandler);
        Thread.ofVirtual().name("accept " + path).start(listener::accept);
        return listener;
    }

    /// Stops accepting and removes the file.
    @Override
    public void close() {
        try {
            listening.close();
            Files.deleteIfExists(path);
        } catch (IOException failure) {
            log.warn("cannot close the socket {}", path, failure);
        }
    }

    private static void bind(ServerSocketChannel listening, Path target) throws IOException {
        // A short name: the address of a unix socket holds about a hundred bytes.
        String name = ".%04x".formatted(ThreadLocalRandom.current().nextInt(0x10000));
        Path directory = Files.createDirectory(
                target.resolveSibling(name),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        Path socket = directory.resolve("s");
        try {
            listening.bind(UnixDomainSocketAddress.of(socket), BACKLOG);
            Files.setPosixFilePermissions(socket, PosixFilePermissions.fromString("rw-------"));
            Files.move(socket, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(socket);
            Files.deleteIfExists(directory);
        }
    }

    private void accept() {
        while (listening.isOpen()) {
            try {
                serve(listening.accept());
            } catch (ClosedChannelException closed) {
                return;
            } catch (IOException failure) {
                log.warn("cannot accept a connection on {}", path, failure);
                // Out of descriptors, most likely: give the others a chance to close theirs.
                Thread.yield();
            }
        }
    }

    private void serve(SocketChannel socket) {
        var channel = new UnixChannel(socket);
        channel.config().setAutoRead(false).setWriteBufferWaterMark(HttpServer.WATER_MARK);
        channel.pipeline().addLast(childHandler);
        loops.register(channel).addListener(registered -> {
            if (!registered.isSuccess()) {
                log.warn("cannot serve a connection on {}", path, registered.cause());
                socket.close();
            }
        });
    }
}
