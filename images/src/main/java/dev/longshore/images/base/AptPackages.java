package dev.longshore.images.base;

import dev.longshore.linux.Commands;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// The distribution's packages, through the host's own apt: its sources, keys and proxies. Nothing is installed on
/// the host; apt is told that nothing is installed at all, so it names everything that a root file system needs. For
/// one thread.
final class AptPackages {

    private static final Duration LIMIT = Duration.ofMinutes(10);
    private static final Path LISTS = Path.of("/var/lib/apt/lists");
    private static final Pattern URI_LINE = Pattern.compile("(?m)^'[^']+' (\\S+\\.deb) \\d+ .*$");

    private final Commands commands;
    private final Path work;
    private final Map<List<String>, SortedSet<String>> resolved = new HashMap<>();

    /// @param work an empty directory for what apt writes
    AptPackages(Commands commands, Path work) {
        this.commands = commands;
        this.work = work;
    }

    /// The file names, with versions, of `names` and all that they depend on, but for those that have been fetched
    /// in the meantime: ask for everything first.
    ///
    /// @throws dev.longshore.linux.CommandFailedException when apt is not there or knows a name not
    SortedSet<String> resolve(List<String> names) throws IOException, InterruptedException {
        SortedSet<String> known = resolved.get(names);
        if (known == null) {
            known = asked(names);
            resolved.put(names, known);
        }
        return known;
    }

    private SortedSet<String> asked(List<String> names) throws IOException, InterruptedException {
        if (!hasLists()) {
            commands.require(Commands.Command.of("apt-get", "update", "-q").within(LIMIT));
        }
        Commands.Result answer = commands.require(command("--print-uris", names));
        var files = new TreeSet<String>();
        Matcher line = URI_LINE.matcher(answer.out());
        while (line.find()) {
            files.add(line.group(1));
        }
        return Collections.unmodifiableSortedSet(files);
    }

    /// Fetches `names` and all that they depend on, but for `known`; apt has checked them against its keys.
    List<DebPackage> fetch(List<String> names, SortedSet<String> known) throws IOException, InterruptedException {
        var wanted = new TreeSet<>(resolve(names));
        commands.require(command("--download-only", names));
        wanted.removeAll(known);
        var packages = new ArrayList<DebPackage>();
        for (String file : wanted) {
            Path there = work.resolve("archives").resolve(file);
            if (!Files.isRegularFile(there)) {
                throw new IOException("apt has not fetched " + file);
            }
            packages.add(new DebPackage(there));
        }
        return packages;
    }

    /// A machine that never asked for the lists of packages has none.
    private static boolean hasLists() throws IOException {
        try (Stream<Path> lists = Files.list(LISTS)) {
            return lists.anyMatch(list -> list.getFileName().toString().contains("_Packages"));
        } catch (NoSuchFileException none) {
            return false;
        }
    }

    private Commands.Command command(String what, List<String> names) throws IOException {
        Files.createDirectories(work.resolve("archives/partial"));
        Path nothing = work.resolve("status");
        Files.writeString(nothing, "");
        var arguments = new ArrayList<>(List.of("apt-get", "-q", "-q", "-y", what));
        for (String option : List.of(
                "Dir::State::status=" + nothing,
                "Dir::Cache=" + work,
                "Dir::Cache::archives=" + work.resolve("archives"),
                "APT::Install-Recommends=false",
                "APT::Install-Suggests=false",
                "APT::Sandbox::User=root")) {
            arguments.add("-o");
            arguments.add(option);
        }
        arguments.add("install");
        arguments.addAll(names);
        return Commands.Command.of(arguments.toArray(String[]::new)).within(LIMIT);
    }
}
