package dev.longshore.server;

import dev.longshore.base.Time;
import dev.longshore.base.WholeFile;
import dev.longshore.cli.CommandFailure;
import dev.longshore.server.identity.TokenKeyRotation;
import dev.longshore.server.pki.ClusterKeys;
import dev.longshore.server.pki.Terms;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;

/// What all servers of a cluster must have in common lies in a directory (`--pki`), from which each takes it into its
/// own before it starts: the authorities, and the keys of ServiceAccount tokens. What each server shows of itself stays
/// its own. The first server fills the directory: with what it has itself, or with new keys.
final class SharedKeys {

    /// The cluster's own comes last: where its key is, all of what a server offers is there.
    private static final List<String> AUTHORITIES = List.of("front-proxy-ca", "etcd/ca", "ca");
    private static final String TOKEN_KEY = "sa.key";
    private static final String TOKEN_PUBLIC = "sa.pub";
    private static final FileAttribute<?> OURS_ALONE =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));
    private static final Duration PAUSE = Duration.ofMillis(100);
    private static final Duration PATIENCE = Duration.ofMinutes(1);

    private final Path shared;
    private final Path own;

    /// @param own the keys of one server
    SharedKeys(Path shared, Path own) {
        this.shared = shared;
        this.own = own;
    }

    /// Takes them, one server at a time.
    ///
    /// @throws CommandFailure when this server has others, or another is at it for a minute
    void take(Time time, SecureRandom randomness) throws IOException, InterruptedException {
        Files.createDirectories(shared);
        try (var channel =
                FileChannel.open(shared.resolve(".lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            lock(channel, time);
            if (Files.notExists(shared.resolve("ca.key"))) {
                offer();
            }
            make(time, randomness);
            for (String name : AUTHORITIES) {
                takeAll(name + ".crt", name + ".key");
            }
            takeTokenKeys();
        }
    }

    private void lock(FileChannel channel, Time time) throws IOException, InterruptedException {
        long begun = time.nanoTime();
        while (!FileLocks.attempt(channel)) {
            if (time.nanoTime() - begun > PATIENCE.toNanos()) {
                throw new CommandFailure(
                        "--pki: another server has been reading %s for a minute: does it hang?".formatted(shared));
            }
            time.sleep(PAUSE);
        }
    }

    /// A server that was alone becomes the first of several.
    private void offer() throws IOException {
        if (Files.exists(own.resolve("ca.key"))) {
            copy(own, shared, TOKEN_PUBLIC);
            copy(own, shared, TOKEN_KEY);
            for (String name : AUTHORITIES) {
                copy(own, shared, name + ".crt");
                copy(own, shared, name + ".key");
            }
        }
    }

    /// What is missing, also because somebody died while making it.
    private void make(Time time, SecureRandom randomness) throws IOException {
        var keys = new ClusterKeys(shared, time, Terms.USUAL, randomness);
        keys.authority();
        keys.frontProxyAuthority();
        keys.etcdAuthority();
        keys.serviceAccountKeys();
    }

    /// They may have been rotated on one side, which then knows those of the other.
    private void takeTokenKeys() throws IOException {
        Path mine = own.resolve(TOKEN_KEY);
        Path theirs = shared.resolve(TOKEN_KEY);
        if (Files.exists(mine)) {
            if (isSame(mine, theirs)) {
                return;
            }
            if (TokenKeyRotation.isKnown(theirs, own.resolve(TOKEN_PUBLIC))) {
                copy(own, shared, TOKEN_PUBLIC);
                copy(own, shared, TOKEN_KEY);
                return;
            }
            if (!TokenKeyRotation.isKnown(mine, shared.resolve(TOKEN_PUBLIC))) {
                throw anothers(mine, theirs);
            }
        }
        copy(shared, own, TOKEN_PUBLIC);
        copy(shared, own, TOKEN_KEY);
    }

    /// A certificate may have been renewed on one side: only the key tells whose it is.
    private void takeAll(String certificate, String key) throws IOException {
        Path mine = own.resolve(key);
        Path theirs = shared.resolve(key);
        if (Files.exists(mine)) {
            if (!isSame(mine, theirs)) {
                throw anothers(mine, theirs);
            }
            return;
        }
        copy(shared, own, certificate);
        copy(shared, own, key);
    }

    private static boolean isSame(Path mine, Path theirs) throws IOException {
        return Arrays.equals(Files.readAllBytes(mine), Files.readAllBytes(theirs));
    }

    private static CommandFailure anothers(Path mine, Path theirs) {
        return new CommandFailure(
                "%s is another key than %s: this data directory belongs to another cluster".formatted(mine, theirs));
    }

    private static void copy(Path from, Path to, String name) throws IOException {
        Path source = from.resolve(name);
        if (Files.notExists(source)) {
            return;
        }
        Path target = to.resolve(name);
        Files.createDirectories(target.getParent(), OURS_ALONE);
        WholeFile.writeForGood(target, Files.readAllBytes(source));
    }
}
