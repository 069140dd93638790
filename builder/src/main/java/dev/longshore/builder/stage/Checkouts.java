package dev.longshore.builder.stage;

import dev.longshore.builder.remote.FetchException;
import dev.longshore.builder.remote.GitAddress;
import dev.longshore.images.MergedTree;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;

/// Checks out repositories as contexts: all of one, or a directory of it.
public final class Checkouts {

    private final Tools tools;

    /// With this machine's tools.
    public Checkouts(Tools tools) {
        this.tools = tools;
    }

    /// A commit that is checked out.
    ///
    /// @param made when
    public record CheckedOut(String commit, Instant made) {}

    /// Checks `address` out into the empty directory `directory`. `scratch` is an empty directory, too.
    ///
    /// @param keeps whether `.git` is there afterwards
    /// @throws FetchException when it cannot be had
    public CheckedOut checkOut(GitAddress address, boolean keeps, Path directory, Path scratch)
            throws IOException, InterruptedException {
        Path home = Files.createDirectory(scratch.resolve("home"));
        String commit = tools.repositories().commit(address, home);
        if (address.directory().isEmpty()) {
            Instant made = tools.repositories().checkOut(address, commit, keeps, directory, home);
            return new CheckedOut(commit, made);
        }
        Path whole = Files.createDirectory(scratch.resolve("whole"));
        Instant made = tools.repositories().checkOut(address, commit, keeps, whole, home);
        MergedTree tree = tools.images().layers().merged(List.of(whole));
        Path part = tree.find(tree.resolve(address.directory()))
                .filter(found -> Files.isDirectory(found, LinkOption.NOFOLLOW_LINKS))
                .orElseThrow(() -> new FetchException("the repository has no directory " + address.directory()));
        Files.delete(directory);
        Files.move(part, directory);
        return new CheckedOut(commit, made);
    }
}
