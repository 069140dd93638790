package dev.longshore.builder.mounts;

import dev.longshore.builder.stage.SshAgents;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A socket whose every connection is joined to a fresh one to an agent, until it is closed: then all of them
/// end. At most [#MOST] at once; more wait.
final class SshForward implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(SshForward.class);
    private static final int MOST = 64;
    private static final int BUFFER = 16 << 10;

    private final SshAgents.Agent agent;
    private final CacheMount.Look look;
    private final Set<SocketChannel> open = ConcurrentHashMap.newKeySet();
    private final Semaphore places = new Semaphore(MOST);
    private Path directory;
    private ServerSocketChannel server;
    private volatile boolean isClosed;

    SshForward(SshAgents.Agent agent, CacheMount.Look look) {
        this.agent = agent;
        this.look = look;
    }

    /// Listens in `place`, a directory that goes with it; returns the socket.
    Path open(Path place) throws IOException {
        directory = place;
        Path socket = place.resolve("agent");
        server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        server.bind(UnixDomainSocketAddress.of(socket));
        Files.setAttribute(socket, "unix:uid", look.uid());
        Files.setAttribute(socket, "unix:gid", look.gid());
        Files.setAttribute(socket, "unix:mode", look.mode());
        Thread.ofVirtual().name("ssh-forward").start(this::accept);
        return socket;
    }

    private void accept() {
        try {
            while (!isClosed) {
                places.acquire();
                SocketChannel client = server.accept();
                open.add(client);
                Thread.ofVirtual().name("ssh-connection").start(() -> serve(client));
            }
        } catch (IOException closed) {
            log.debug("an ssh forward ends: {}", closed.toString());
        } catch (InterruptedException impossible) {
            Thread.currentThread().interrupt();
        }
    }

    private void serve(SocketChannel client) {
        try (client;
                SocketChannel there = agent.connect()) {
            open.add(there);
            Thread back = Thread.ofVirtual().name("ssh-answers").start(() -> pump(there, client));
            pump(client, there);
            back.join();
            open.remove(there);
        } catch (IOException refused) {
            log.debug("an ssh agent does not answer: {}", refused.toString());
        } catch (InterruptedException impossible) {
            Thread.currentThread().interrupt();
        } finally {
            open.remove(client);
            places.release();
        }
    }

    private static void pump(SocketChannel from, SocketChannel to) {
        ByteBuffer buffer = ByteBuffer.allocate(BUFFER);
        try {
            while (from.read(buffer) >= 0) {
                buffer.flip();
                while (buffer.hasRemaining()) {
                    to.write(buffer);
                }
                buffer.clear();
            }
            to.shutdownOutput();
        } catch (IOException gone) {
            log.debug("an ssh connection ends: {}", gone.toString());
        }
    }

    @Override
    public void close() throws IOException {
        isClosed = true;
        if (server != null) {
            server.close();
        }
        for (SocketChannel channel : open) {
            channel.close();
        }
        Files.deleteIfExists(directory.resolve("agent"));
        Files.deleteIfExists(directory);
    }
}
