package dev.longshore.builder.checks;

import dev.longshore.builder.commands.Command;
import dev.longshore.builder.dockerfile.DockerfileException;
import dev.longshore.builder.dockerfile.Line;
import dev.longshore.builder.dockerfile.Words;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/// What a stage knows at one of its lines: variables, the shell, where it is. Changes from line to line; for one
/// thread.
final class StageScope {

    private static final String PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

    /// Values may double from line to line: a ceiling keeps a few lines from taking all memory.
    private static final long LARGEST = 16 << 20;

    private final Map<String, String> variables;
    private final Set<String> declared;
    private final Map<String, Line> last = new HashMap<>();
    private List<String> shell;
    private boolean hasDirectory;
    private final boolean isCertain;
    private long size;

    private StageScope(
            Map<String, String> variables,
            Set<String> declared,
            List<String> shell,
            boolean hasDirectory,
            boolean isCertain) {
        this.variables = new TreeMap<>(variables);
        this.declared = new HashSet<>(declared);
        this.shell = shell;
        this.hasDirectory = hasDirectory;
        this.isCertain = isCertain;
        this.variables.putIfAbsent("PATH", PATH);
        this.size = this.variables.values().stream().mapToLong(String::length).sum();
    }

    /// Of a stage on nothing.
    static StageScope empty() {
        return new StageScope(Map.of(), Set.of(), List.of(), false, true);
    }

    /// Of a stage on an image, of which nothing may be known.
    static StageScope on(Optional<BaseFacts.Facts> facts) {
        return new StageScope(
                facts.map(BaseFacts.Facts::env).orElse(Map.of()),
                Set.of(),
                facts.map(BaseFacts.Facts::shell).orElse(List.of()),
                false,
                facts.isPresent());
    }

    /// Of a stage on this one.
    StageScope continued() {
        return new StageScope(variables, declared, shell, hasDirectory, isCertain);
    }

    /// True if every variable of the base image is known.
    boolean isCertain() {
        return isCertain;
    }

    /// What runs shell forms, if somebody chose it.
    List<String> shell() {
        return shell;
    }

    /// True once a WORKDIR was there.
    boolean hasDirectory() {
        return hasDirectory;
    }

    /// The last line so far that had `keyword`.
    Optional<Line> last(String keyword) {
        return Optional.ofNullable(last.get(keyword));
    }

    /// The names that are set.
    Set<String> names() {
        return Collections.unmodifiableSet(variables.keySet());
    }

    /// What `name` is set to.
    Optional<String> value(String name) {
        return Optional.ofNullable(variables.get(name));
    }

    /// Expands `word` of `line`.
    TracedWord trace(Line line, String word) {
        try {
            Words.Expansion expansion = Words.trace(word, line.escape(), variables);
            return traced(expansion);
        } catch (IllegalArgumentException wrong) {
            throw line.wrong(wrong.getMessage());
        }
    }

    /// Expands a here-document of `line`.
    TracedWord traceDocument(Line line, String text) {
        try {
            return traced(Words.traceDocument(text, variables));
        } catch (IllegalArgumentException wrong) {
            throw line.wrong(wrong.getMessage());
        }
    }

    private TracedWord traced(Words.Expansion expansion) {
        var missing = new TreeSet<>(expansion.unmatched());
        missing.removeAll(declared);
        return new TracedWord(expansion.text(), missing);
    }

    /// Declares an argument, which may have a value.
    void declare(String name, Optional<String> value) {
        declared.add(name);
        boolean isVariable = !name.startsWith("BUILDKIT_SBOM_SCAN_");
        value.filter(known -> isVariable).ifPresent(known -> set(name, known));
    }

    private void set(String name, String value) {
        String before = variables.put(name, value);
        size += value.length() - (before == null ? 0 : before.length());
        if (size > LARGEST) {
            throw new DockerfileException("Dockerfile", 0, "its variables take more than " + LARGEST + " characters");
        }
    }

    /// Goes over `command`, of which `words` expanded.
    void pass(Command command, List<TracedWord> words) {
        last.put(command.line().keyword(), command.line());
        switch (command) {
            case Command.Env env -> {
                for (int i = 0; i < env.pairs().size(); i++) {
                    set(words.get(2 * i).text(), words.get(2 * i + 1).text());
                }
            }
            case Command.Shell chosen -> shell = chosen.command();
            case Command.WorkDir dir -> hasDirectory = true;
            case Command.From none -> {}
            case Command.Arg none -> {}
            case Command.Label none -> {}
            case Command.Run none -> {}
            case Command.Cmd none -> {}
            case Command.Entrypoint none -> {}
            case Command.Copy none -> {}
            case Command.Add none -> {}
            case Command.User none -> {}
            case Command.Expose none -> {}
            case Command.Volume none -> {}
            case Command.StopSignal none -> {}
            case Command.Healthcheck none -> {}
            case Command.Maintainer none -> {}
            case Command.OnBuild none -> {}
        }
    }
}
