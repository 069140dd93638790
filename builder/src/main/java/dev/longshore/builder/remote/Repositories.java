package dev.longshore.builder.remote;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/// Finds out what a repository has, and checks it out. Thread-safe.
public final class Repositories {

    private static final Pattern COMMIT = Pattern.compile("[0-9a-f]{40}|[0-9a-f]{64}");
    private static final int SHORTEST_CHECKSUM = 7;

    private final Duration limit;

    /// With so much time for each thing that git does.
    public Repositories(Duration limit) {
        this.limit = limit;
    }

    /// The commit that `address` means now. `scratch` is an empty directory.
    ///
    /// @throws FetchException when there is none, or another one than should be
    public String commit(GitAddress address, Path scratch) throws IOException, InterruptedException {
        String found = COMMIT.matcher(address.ref()).matches() ? address.ref() : asked(address, scratch);
        if (address.checksum().isPresent()) {
            String wanted = address.checksum().get();
            if (wanted.length() < SHORTEST_CHECKSUM || !wanted.matches("[0-9a-f]+")) {
                throw new FetchException("invalid checksum \"" + wanted + "\" for a git source: it is a commit, or its"
                        + " first " + SHORTEST_CHECKSUM + " digits or more");
            }
            if (!found.startsWith(wanted)) {
                throw new FetchException("expected checksum to match " + wanted + ", got " + found);
            }
        }
        return found;
    }

    private String asked(GitAddress address, Path scratch) throws IOException, InterruptedException {
        String ref = address.ref().isEmpty() ? "HEAD" : address.ref();
        String answer;
        try {
            answer = new Git(scratch, limit).run(scratch, "ls-remote", "--", address.remote(), ref, ref + "^{}");
        } catch (FetchException failed) {
            throw about(address, failed);
        }
        Map<String, String> found = new LinkedHashMap<>();
        for (String line : answer.lines().toList()) {
            String[] fields = line.split("\t", 2);
            if (fields.length == 2 && COMMIT.matcher(fields[0]).matches()) {
                found.put(fields[1], fields[0]);
            }
        }
        for (String name : List.of(
                ref + "^{}", ref, "refs/" + ref, "refs/heads/" + ref, "refs/tags/" + ref + "^{}", "refs/tags/" + ref)) {
            if (found.containsKey(name)) {
                return found.get(name);
            }
        }
        throw new FetchException("repository " + Addresses.shown(address.remote()) + " does not contain ref " + ref);
    }

    /// Checks `commit` of `address` out into `directory`, an empty one. Files are as git has them: 0644 or 0755.
    ///
    /// Returns when the commit was made.
    ///
    /// @param keepsGitDirectory whether `.git` is there afterwards
    public Instant checkOut(GitAddress address, String commit, boolean keepsGitDirectory, Path directory, Path scratch)
            throws IOException, InterruptedException {
        var git = new Git(scratch, limit);
        Instant committed;
        try {
            git.run(directory, "init", "--quiet", "--object-format=" + (commit.length() == 40 ? "sha1" : "sha256"));
            git.run(directory, "remote", "add", "origin", address.remote());
            fetch(git, directory, address, commit);
            git.run(directory, "checkout", "--quiet", "--force", "--detach", commit);
            committed = time(git.run(directory, "show", "-s", "--no-show-signature", "--format=%ct", commit));
            if (address.withSubmodules() && Files.exists(directory.resolve(".gitmodules"))) {
                git.run(directory, "submodule", "update", "--init", "--recursive", "--depth=1");
            }
        } catch (FetchException failed) {
            throw about(address, failed);
        }
        if (!keepsGitDirectory) {
            removeGit(directory);
        }
        settle(directory);
        return committed;
    }

    private static Instant time(String seconds) {
        try {
            return Instant.ofEpochSecond(Long.parseLong(seconds.strip()));
        } catch (NumberFormatException | DateTimeException none) {
            throw new FetchException("the commit has no time: " + seconds.strip(), none);
        }
    }

    /// Only the one commit if the server can do that, everything else.
    private static void fetch(Git git, Path directory, GitAddress address, String commit)
            throws IOException, InterruptedException {
        try {
            git.run(directory, "fetch", "--quiet", "--depth=1", "--no-tags", "origin", commit);
        } catch (FetchException cannot) {
            if (!address.ref().isEmpty() && !COMMIT.matcher(address.ref()).matches()) {
                try {
                    git.run(directory, "fetch", "--quiet", "--depth=1", "--no-tags", "origin", address.ref());
                    git.run(directory, "cat-file", "-e", commit + "^{commit}");
                    return;
                } catch (FetchException neither) {
                    cannot.addSuppressed(neither);
                }
            }
            git.run(directory, "fetch", "--quiet", "--tags", "origin", "+refs/heads/*:refs/remotes/origin/*");
        }
    }

    private static void removeGit(Path directory) throws IOException {
        Files.walkFileTree(directory, new SimpleFileVisitor<>() {
            private boolean isInside;

            @Override
            public FileVisitResult preVisitDirectory(Path entered, BasicFileAttributes attributes) {
                isInside |= entered.endsWith(".git");
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                // Submodules have a file of that name, which points to their part of the repository.
                if (isInside || file.endsWith(".git")) {
                    Files.delete(file);
                }
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path left, IOException failure) throws IOException {
                if (isInside) {
                    Files.delete(left);
                    isInside = !left.endsWith(".git");
                }
                return FileVisitResult.CONTINUE;
            }
        });
    }

    /// Whatever this process's umask is.
    private static void settle(Path directory) throws IOException {
        var plain = PosixFilePermissions.fromString("rw-r--r--");
        var program = PosixFilePermissions.fromString("rwxr-xr-x");
        Files.walkFileTree(directory, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path entered, BasicFileAttributes attributes) throws IOException {
                Files.setPosixFilePermissions(entered, program);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                if (attributes.isRegularFile()) {
                    boolean isProgram = Files.getPosixFilePermissions(file).contains(PosixFilePermission.OWNER_EXECUTE);
                    Files.setPosixFilePermissions(file, isProgram ? program : plain);
                }
                return FileVisitResult.CONTINUE;
            }
        });
    }

    private static FetchException about(GitAddress address, FetchException failed) {
        String shown = Addresses.shown(address.remote());
        return new FetchException(
                "failed to fetch " + shown + ": " + failed.getMessage().replace(address.remote(), shown), failed);
    }
}
