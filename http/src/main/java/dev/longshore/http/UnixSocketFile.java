package dev.longshore.http;

import java.io.IOException;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.concurrent.ThreadLocalRandom;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Makes the file of a unix socket without a moment at which others could open it: bound in a directory of our
/// own, narrowed, then moved into place, which also replaces what a dead process left.
final class UnixSocketFile {

    private static final Logger log = LoggerFactory.getLogger(UnixSocketFile.class);

    private UnixSocketFile() {}

    static void bind(Path path, Binder binder) throws IOException {
        Path target = path.toAbsolutePath();
        // A short name: the address of a unix socket holds about a hundred bytes.
        String name = ".%04x".formatted(ThreadLocalRandom.current().nextInt(0x10000));
        Path directory = Files.createDirectory(
                target.resolveSibling(name),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        try {
            Path socket = directory.resolve("s");
            binder.bind(UnixDomainSocketAddress.of(socket));
            Files.setPosixFilePermissions(socket, PosixFilePermissions.fromString("rw-------"));
            Files.move(socket, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } finally {
            remove(directory.resolve("s"));
            Files.deleteIfExists(directory);
        }
    }

    static void remove(Path path) {
        try {
            Files.deleteIfExists(path);
        } catch (IOException failure) {
            log.warn("cannot remove the socket {}", path, failure);
        }
    }

    /// Listens on an address.
    @FunctionalInterface
    interface Binder {
        void bind(SocketAddress address) throws IOException;
    }
}
