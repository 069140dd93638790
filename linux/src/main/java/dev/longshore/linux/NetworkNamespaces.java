package dev.longshore.linux;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;

/// The cluster's network namespaces, pinned under /run/netns, where `ip netns` finds them. Thread-safe.
public final class NetworkNamespaces {

    private static final long PATIENCE_SECONDS = 10;

    private final HostPaths paths;
    private final Mounts mounts;

    /// Those of the cluster of `paths`.
    public NetworkNamespaces(HostPaths paths, Commands commands) {
        this.paths = paths;
        this.mounts = new Mounts(commands);
    }

    /// The pins there are, also those that pin nothing since the host started.
    public List<Path> list() {
        if (!Files.isDirectory(paths.networkNamespaces())) {
            return List.of();
        }
        String prefix = paths.prefix() + "-";
        try (Stream<Path> all = Files.list(paths.networkNamespaces())) {
            return all.filter(pin -> pin.getFileName().toString().startsWith(prefix))
                    .toList();
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    /// Whether `pin` pins a namespace now.
    public boolean stands(Path pin) {
        return mounts.at(pin).isPresent();
    }

    /// Removes `pin`; the namespace goes with its last process.
    public void remove(Path pin) throws InterruptedException {
        mounts.unmount(List.of(pin));
        try {
            Files.deleteIfExists(pin);
        } catch (IOException busy) {
            throw new UncheckedIOException(busy);
        }
    }

    /// Connects from inside the namespace at `pin` to `address`. A socket belongs for ever to the namespace of
    /// the thread that opened it, so a thread enters, opens, connects, and ends; the channel serves every
    /// thread.
    ///
    /// @throws IOException when nothing listens there, or the namespace is gone
    public static SocketChannel connect(Path pin, InetSocketAddress address) throws IOException, InterruptedException {
        var result = new CompletableFuture<SocketChannel>();
        Thread.ofPlatform().daemon().name("netns-connect").start(() -> {
            try {
                enter(pin);
                result.complete(open(address));
            } catch (IOException | RuntimeException failure) {
                result.completeExceptionally(failure);
            }
        });
        try {
            return result.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException failure) {
            throw new IOException(failure.getCause().getMessage(), failure.getCause());
        } catch (TimeoutException late) {
            result.thenAccept(NetworkNamespaces::closeQuietly);
            throw new IOException("connecting to " + address + " took longer than " + PATIENCE_SECONDS + " s", late);
        }
    }

    private static SocketChannel open(InetSocketAddress address) throws IOException {
        var family = address.getAddress() instanceof java.net.Inet6Address
                ? StandardProtocolFamily.INET6
                : StandardProtocolFamily.INET;
        SocketChannel channel = SocketChannel.open(family);
        try {
            channel.connect(address);
            return channel;
        } catch (IOException refused) {
            channel.close();
            throw refused;
        }
    }

    private static void closeQuietly(SocketChannel channel) {
        try {
            channel.close();
        } catch (IOException alreadyClosed) {
            throw new UncheckedIOException(alreadyClosed);
        }
    }

    private static void enter(Path pin) throws IOException {
        try (var call = new LibC.Call()) {
            int descriptor = call.open(pin.toString(), LibC.O_RDONLY | LibC.O_CLOEXEC);
            if (descriptor < 0) {
                throw new IOException("cannot open " + pin + ": errno " + call.errno());
            }
            try {
                if (call.setns(descriptor, LibC.CLONE_NEWNET) != 0) {
                    throw new IOException("cannot enter " + pin + ": errno " + call.errno());
                }
            } finally {
                call.close(descriptor);
            }
        }
    }
}
