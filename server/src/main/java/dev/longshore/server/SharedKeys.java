package dev.longshore.server;

import dev.longshore.base.Time;
import dev.longshore.cli.CommandFailure;
import dev.longshore.server.pki.ClusterKeys;
import dev.longshore.server.pki.Terms;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.List;

/// What all servers of a cluster must have in common lies in a directory (`--pki`), from which each takes it into its
/// own before it starts: the authorities, and the keys of ServiceAccount tokens. What each server shows of itself stays
/// its own. The first server fills the directory: with what it has itself, or with new keys.
final class SharedKeys {

    private static final List<String> AUTHORITIES = List.of("ca", "front-proxy-ca", "etcd/ca");
    private static final String TOKENS = "sa";

    private final Path shared;
    private final Path own;

    /// @param own the keys of one server
    SharedKeys(Path shared, Path own) {
        this.shared = shared;
        this.own = own;
    }

    /// Takes them, one server at a time.
    ///
    /// @throws CommandFailure when this server has others
    void take(Time time, SecureRandom randomness) throws IOException {
        Files.createDirectories(shared);
        try (var channel =
                FileChannel.open(shared.resolve(".lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            // Until the file is closed.
            channel.lock();
            if (Files.notExists(shared.resolve("ca.key"))) {
                offer();
                make(time, randomness);
            }
            for (String name : AUTHORITIES) {
                takeAll(name + ".crt", name + ".key");
            }
            takeAll(TOKENS + ".pub", TOKENS + ".key");
        }
    }

    /// A server that was alone becomes the first of several.
    private void offer() throws IOException {
        if (Files.exists(own.resolve("ca.key"))) {
            for (String name : AUTHORITIES) {
                copy(own, shared, name + ".crt");
                copy(own, shared, name + ".key");
            }
            copy(own, shared, TOKENS + ".pub");
            copy(own, shared, TOKENS + ".key");
        }
    }

    /// What is missing.
    private void make(Time time, SecureRandom randomness) throws IOException {
        var keys = new ClusterKeys(shared, time, Terms.USUAL, randomness);
        keys.authority();
        keys.frontProxyAuthority();
        keys.etcdAuthority();
        keys.serviceAccountKeys();
    }

    /// A certificate may have been renewed on one side: only the key tells whose it is.
    private void takeAll(String certificate, String key) throws IOException {
        Path mine = own.resolve(key);
        Path theirs = shared.resolve(key);
        if (Files.exists(mine)) {
            if (!Arrays.equals(Files.readAllBytes(mine), Files.readAllBytes(theirs))) {
                throw new CommandFailure("%s is another key than %s: this data directory belongs to another cluster"
                        .formatted(mine, theirs));
            }
            return;
        }
        copy(shared, own, certificate);
        copy(shared, own, key);
    }

    private static void copy(Path from, Path to, String name) throws IOException {
        Path source = from.resolve(name);
        if (Files.notExists(source)) {
            return;
        }
        Path target = to.resolve(name);
        Files.createDirectories(target.getParent());
        Path fresh = target.resolveSibling(target.getFileName() + ".new");
        Files.deleteIfExists(fresh);
        Files.createFile(fresh, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.write(fresh, Files.readAllBytes(source));
        Files.move(
                fresh,
                target,
                java.nio.file.StandardCopyOption.ATOMIC_MOVE,
                java.nio.file.StandardCopyOption.REPLACE_EXISTING);
    }
}
