package dev.longshore.builder.instructions;

import dev.longshore.base.Digest;
import dev.longshore.builder.dockerfile.Line;
import dev.longshore.builder.dockerfile.Words;
import dev.longshore.builder.stage.Accounts;
import dev.longshore.builder.stage.Build;
import dev.longshore.builder.stage.SourceTree;
import dev.longshore.images.FileStat;
import dev.longshore.images.ImageFaultException;
import dev.longshore.images.LayerTree;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/// What COPY and ADD have in common: sources, a destination, an owner, permissions.
final class Transfer {

    private static final Set<String> FLAGS = Set.of("from", "chown", "chmod", "link");
    private static final Pattern OCTAL = Pattern.compile("[0-7]{1,4}");

    private final Line line;
    private final Build build;
    private final boolean unpacks;
    private final List<SourceTree.Entry> entries = new ArrayList<>();
    private final List<Line.Heredoc> documents = new ArrayList<>();
    private SourceTree tree;
    private String destination;
    private boolean isIntoDirectory;
    private LayerTree.Owner owner;
    private int permissions;

    private Transfer(Line line, Build build, boolean unpacks) {
        this.line = line;
        this.build = build;
        this.unpacks = unpacks;
    }

    /// Does what `line` says. With `unpacks`, local archives are unpacked.
    static void apply(Line line, Build build, boolean unpacks) throws IOException, InterruptedException {
        var transfer = new Transfer(line, build, unpacks);
        transfer.read();
        transfer.write();
    }

    private void read() throws IOException, InterruptedException {
        Texts.allow(line, FLAGS);
        List<String> words = line.json().orElse(line.fields()).stream()
                .map(word -> build.expand(line, word))
                .toList();
        if (words.size() < 2) {
            throw line.wrong(line.keyword() + " requires at least two arguments, but only " + words.size()
                    + " provided. Destination could not be determined");
        }
        var from = line.flag("from").map(name -> build.expand(line, name));
        tree = build.source(line, from);
        destination = destination(words.getLast());
        for (String source : words.subList(0, words.size() - 1)) {
            if (source.startsWith("<<")) {
                documents.add(line.heredocs().get(documents.size()));
            } else {
                List<SourceTree.Entry> found = tree.match(source);
                if (found.isEmpty()) {
                    throw line.wrong(line.keyword() + " failed: file not found in "
                            + from.map(name -> name).orElse("build context")
                            + (from.isPresent() ? "" : " or excluded by .dockerignore") + ": " + source);
                }
                entries.addAll(found);
            }
        }
        isIntoDirectory = words.getLast().endsWith("/") || words.getLast().equals(".");
        if (entries.size() + documents.size() > 1 && !isIntoDirectory) {
            throw line.wrong("When using " + line.keyword()
                    + " with more than one source file, the destination must be a directory and end with a /");
        }
        owner = owner();
        permissions = permissions();
    }

    private void write() throws IOException, InterruptedException {
        MessageDigest sum = Digest.hasher("sha256");
        for (SourceTree.Entry entry : entries) {
            tree.digest(entry, entry.name(), false, sum);
        }
        for (Line.Heredoc document : documents) {
            sum.update((document.name() + "\0" + content(document) + "\n").getBytes(StandardCharsets.UTF_8));
        }
        String inputs = Digest.of("sha256", sum.digest()).hex();
        String createdBy = Texts.noted(
                line.keyword(),
                "multi:" + inputs + " in " + destination + (isIntoDirectory ? "/" : "") + " owner " + owner.uid() + ":"
                        + owner.gid() + (permissions < 0 ? "" : " mode " + Integer.toOctalString(permissions)));
        build.stage()
                .layer(
                        createdBy,
                        inputs,
                        (upper, work, lowers) -> fill(build.stage().writable(upper, lowers)));
    }

    private void fill(LayerTree target) throws IOException {
        try {
            for (SourceTree.Entry entry : entries) {
                put(target, entry);
            }
            for (Line.Heredoc document : documents) {
                put(target, document);
            }
        } catch (ImageFaultException impossible) {
            throw line.wrong(line.keyword() + " failed: " + impossible.getMessage());
        }
    }

    private void put(LayerTree target, SourceTree.Entry entry) throws IOException {
        if (entry.stat().isDirectory()) {
            target.directory(destination, owner);
            children(target, entry, target.merged().resolve(destination));
        } else if (unpacks && entry.stat().isFile() && isArchive(entry.place())) {
            try (InputStream in = Files.newInputStream(entry.place())) {
                target.unpack(in, destination);
            }
        } else {
            target.copy(entry.place(), file(target, entry.name()), owner, permissions);
        }
    }

    private void put(LayerTree target, Line.Heredoc document) throws IOException {
        Path draft = Files.createTempFile("document", "");
        try {
            Files.writeString(draft, content(document));
            target.copy(draft, file(target, document.name()), owner, permissions < 0 ? 0644 : permissions);
        } finally {
            Files.delete(draft);
        }
    }

    private void children(LayerTree target, SourceTree.Entry directory, String path) throws IOException {
        for (SourceTree.Entry child : tree.children(directory.path())) {
            String childPath = (path.equals("/") ? "" : path) + "/" + child.name();
            FileStat stat = child.stat();
            if (stat.isDirectory()) {
                target.directory(childPath, owner);
                children(target, child, childPath);
                target.dress(childPath, owner, permissions < 0 ? stat.permissions() : permissions, stat.modified());
            } else {
                target.copy(child.place(), childPath, owner, permissions);
            }
        }
    }

    /// Where a file called `name` goes: into the destination if that is, or is said to be, a directory.
    private String file(LayerTree target, String name) throws IOException {
        Optional<Path> there = target.merged().find(target.merged().resolve(destination));
        boolean isDirectory = isIntoDirectory
                || there.isPresent() && Files.isDirectory(there.get(), java.nio.file.LinkOption.NOFOLLOW_LINKS);
        return isDirectory ? (destination.equals("/") ? "" : destination) + "/" + name : destination;
    }

    private String content(Line.Heredoc document) {
        return document.isLiteral()
                ? document.content()
                : Words.expandDocument(document.content(), build.stage().variables());
    }

    private String destination(String text) {
        String base = build.stage().run().workingDirectory();
        return Paths.resolve(base.isEmpty() ? "/" : base, text);
    }

    private LayerTree.Owner owner() throws IOException, InterruptedException {
        String text = build.expand(line, line.flag("chown").orElse(""));
        if (text.isEmpty()) {
            return LayerTree.Owner.ROOT;
        }
        try {
            return new Accounts(build.stage().tree()).owner(text);
        } catch (IllegalArgumentException unknown) {
            throw line.wrong("unable to convert uid/gid chown string to host mapping: " + unknown.getMessage());
        }
    }

    private int permissions() {
        String text = build.expand(line, line.flag("chmod").orElse(""));
        if (text.isEmpty()) {
            return -1;
        }
        if (!OCTAL.matcher(text).matches()) {
            throw line.wrong(
                    "invalid chmod parameter: '" + text + "'. it should be octal string and between 0 and 07777");
        }
        return Integer.parseInt(text, 8);
    }

    /// True if it begins as a tar archive does, behind any compression.
    private static boolean isArchive(Path file) throws IOException {
        return dev.longshore.images.Compression.isTar(file);
    }
}
