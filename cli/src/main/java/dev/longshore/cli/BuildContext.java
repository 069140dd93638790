package dev.longshore.cli;

import java.io.BufferedInputStream;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Enumeration;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// What is sent to build from.
///
/// @param dockerfile its name within the context
/// @param shown what people call it
/// @param remote what the engine fetches; empty if something is sent
/// @param local the context where it lies, if it is a directory
/// @param archive the context, as it is read
record BuildContext(String dockerfile, String shown, String remote, Optional<LocalContext> local, Archive archive) {

    private static final int PIPE = 256 << 10;
    private static final int MAGIC = 265;
    private static final int LARGEST_DOCKERFILE = 4 << 20;

    /// A Dockerfile that is not in the context comes along under this name, which COPY does not see.
    private static final String ALONG = ".dockerfile.longshore";

    /// Opens the context as a tar archive.
    @FunctionalInterface
    interface Archive {
        InputStream open() throws IOException;
    }

    /// Of the directory `context`, of `in` when it is `-`, or of an address; the Dockerfile is at `file`, which may be
    /// null, or `-`.
    ///
    /// @throws CommandFailure when something of it is not there
    static BuildContext of(String context, String file, InputStream in) throws IOException {
        if (context.equals("-")) {
            return ofStream(file, in);
        }
        Path root = Path.of(context).toAbsolutePath().normalize();
        if (!Files.isDirectory(root) && RemoteAddress.isOne(context)) {
            return ofAddress(context, file);
        }
        if (!Files.isDirectory(root)) {
            throw new CommandFailure("no such directory: " + context);
        }
        return ofDirectory(root.toRealPath(), file, in);
    }

    private static BuildContext ofDirectory(Path root, String file, InputStream in) throws IOException {
        if ("-".equals(file)) {
            return with(root, "Dockerfile", in.readNBytes(LARGEST_DOCKERFILE), ignored(root));
        }
        Path dockerfile =
                file == null ? usual(root) : real(Path.of(file).toAbsolutePath().normalize());
        if (!Files.isRegularFile(dockerfile)) {
            throw new CommandFailure("no Dockerfile at " + dockerfile + "; name it with -f");
        }
        // A link that leads out of the context leads nowhere once it has been sent.
        if (dockerfile.startsWith(root) && dockerfile.toRealPath().startsWith(root.toRealPath())) {
            String name = root.relativize(dockerfile).toString();
            return new BuildContext(
                    name,
                    name,
                    "",
                    Optional.of(new LocalContext(root, name, Map.of())),
                    () -> PipedArchive.of(out -> ContextArchive.write(root, out)));
        }
        Path own = dockerfile.resolveSibling(dockerfile.getFileName() + ".dockerignore");
        String ignored = Files.isRegularFile(own) ? Files.readString(own) : ignored(root);
        return with(root, dockerfile.getFileName().toString(), Files.readAllBytes(dockerfile), ignored);
    }

    /// As Docker has it, a Dockerfile that nobody names may also be called `dockerfile`.
    private static Path usual(Path root) {
        Path dockerfile = root.resolve("Dockerfile");
        Path other = root.resolve("dockerfile");
        return !Files.exists(dockerfile) && Files.exists(other) ? other : dockerfile;
    }

    private static BuildContext ofAddress(String address, String file) {
        if ("-".equals(file)) {
            throw new CommandFailure("the Dockerfile cannot come from standard input when the context is fetched from "
                    + address + ": name one in it with -f");
        }
        String name = file == null ? "Dockerfile" : file;
        return new BuildContext(name, name, address, Optional.empty(), InputStream::nullInputStream);
    }

    private static BuildContext ofStream(String file, InputStream in) throws IOException {
        if ("-".equals(file)) {
            throw new CommandFailure("the context and the Dockerfile cannot both come from standard input");
        }
        var buffered = new BufferedInputStream(in, PIPE);
        buffered.mark(MAGIC);
        byte[] head = buffered.readNBytes(MAGIC);
        buffered.reset();
        if (isArchive(head)) {
            String name = file == null ? "Dockerfile" : file;
            return new BuildContext(name, name, "", Optional.empty(), () -> buffered);
        }
        byte[] dockerfile = buffered.readNBytes(LARGEST_DOCKERFILE);
        if (dockerfile.length == 0) {
            throw new CommandFailure("there is neither an archive nor a Dockerfile on standard input");
        }
        return new BuildContext(
                "Dockerfile",
                "Dockerfile",
                "",
                Optional.empty(),
                () -> PipedArchive.of(out -> ContextArchive.writeFile("Dockerfile", dockerfile, out)));
    }

    private static BuildContext with(Path root, String shown, byte[] dockerfile, String ignored) {
        byte[] own = (ignored + "\n" + ALONG + "*\n").getBytes(StandardCharsets.UTF_8);
        var local = new LocalContext(root, ALONG, Map.of(ALONG, dockerfile, ALONG + ".dockerignore", own));
        return new BuildContext(
                ALONG,
                shown,
                "",
                Optional.of(local),
                () -> PipedArchive.of(out -> {
                    ContextArchive.append(ALONG, dockerfile, out);
                    ContextArchive.append(ALONG + ".dockerignore", own, out);
                    ContextArchive.write(root, out);
                }));
    }

    /// The context is named without links: so must be what may lie in it.
    private static Path real(Path file) throws IOException {
        return Files.isDirectory(file.getParent())
                ? file.getParent().toRealPath().resolve(file.getFileName())
                : file;
    }

    private static String ignored(Path root) throws IOException {
        Path file = root.resolve(".dockerignore");
        return Files.isRegularFile(file) ? Files.readString(file) : "";
    }

    /// tar, gzip, bzip2, xz or zstd.
    private static boolean isArchive(byte[] head) {
        boolean isTar = head.length >= 262 && new String(head, 257, 5, StandardCharsets.ISO_8859_1).equals("ustar");
        return isTar
                || begins(head, 0x1f, 0x8b)
                || begins(head, 'B', 'Z', 'h')
                || begins(head, 0xfd, '7', 'z', 'X', 'Z')
                || begins(head, 0x28, 0xb5, 0x2f, 0xfd);
    }

    private static boolean begins(byte[] head, int... magic) {
        if (head.length < magic.length) {
            return false;
        }
        for (int i = 0; i < magic.length; i++) {
            if ((head[i] & 0xff) != magic[i]) {
                return false;
            }
        }
        return true;
    }

    /// `text` with the name that people know.
    String named(String text) {
        return text.replace(dockerfile, shown);
    }

    /// The context behind `line` and `archives`.
    InputStream behind(byte[] line, List<NamedContextOption.Opening> archives) {
        var all = new ArrayList<>(archives);
        all.add(archive::open);
        return after(line, all);
    }

    /// `line` and `archives`: the context is one that the engine reads by itself.
    static InputStream after(byte[] line, List<NamedContextOption.Opening> archives) {
        var parts = new ArrayList<NamedContextOption.Opening>();
        parts.add(() -> new ByteArrayInputStream(line));
        parts.addAll(archives);
        Iterator<NamedContextOption.Opening> rest = parts.iterator();
        return new SequenceInputStream(new Enumeration<>() {
            @Override
            public boolean hasMoreElements() {
                return rest.hasNext();
            }

            @Override
            public InputStream nextElement() {
                try {
                    return rest.next().open();
                } catch (IOException failed) {
                    throw new UncheckedIOException(failed);
                }
            }
        });
    }
}
