package dev.longshore.cli;

import java.io.BufferedInputStream;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.io.SequenceInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicReference;

/// What is sent to build from.
///
/// @param dockerfile its name within the context
/// @param shown what people call it
/// @param archive the context, as it is read
record BuildContext(String dockerfile, String shown, Archive archive) {

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

    private interface Writer {
        void write(OutputStream out) throws IOException;
    }

    /// Of the directory `context`, or of `in` when it is `-`; the Dockerfile is at `file`, may be null, or `-`.
    ///
    /// @throws CommandFailure when something of it is not there
    static BuildContext of(String context, String file, InputStream in) throws IOException {
        if (context.equals("-")) {
            return ofStream(file, in);
        }
        Path root = Path.of(context).toAbsolutePath().normalize();
        if (!Files.isDirectory(root)) {
            throw new CommandFailure("no such directory: " + context);
        }
        if ("-".equals(file)) {
            return with(root, "Dockerfile", in.readNBytes(LARGEST_DOCKERFILE), ignored(root));
        }
        Path dockerfile = file == null
                ? root.resolve("Dockerfile")
                : Path.of(file).toAbsolutePath().normalize();
        if (!Files.isRegularFile(dockerfile)) {
            throw new CommandFailure("no Dockerfile at " + dockerfile + "; name it with -f");
        }
        if (dockerfile.startsWith(root)) {
            String name = root.relativize(dockerfile).toString();
            return new BuildContext(name, name, () -> piped(out -> ContextArchive.write(root, out)));
        }
        Path own = dockerfile.resolveSibling(dockerfile.getFileName() + ".dockerignore");
        String ignored = Files.isRegularFile(own) ? Files.readString(own) : ignored(root);
        return with(root, dockerfile.getFileName().toString(), Files.readAllBytes(dockerfile), ignored);
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
            return new BuildContext(name, name, () -> buffered);
        }
        byte[] dockerfile = buffered.readNBytes(LARGEST_DOCKERFILE);
        if (dockerfile.length == 0) {
            throw new CommandFailure("there is neither an archive nor a Dockerfile on standard input");
        }
        return new BuildContext(
                "Dockerfile",
                "Dockerfile",
                () -> piped(out -> ContextArchive.writeFile("Dockerfile", dockerfile, out)));
    }

    private static BuildContext with(Path root, String shown, byte[] dockerfile, String ignored) {
        byte[] own = (ignored + "\n" + ALONG + "*\n").getBytes(StandardCharsets.UTF_8);
        return new BuildContext(
                ALONG,
                shown,
                () -> piped(out -> {
                    ContextArchive.append(ALONG, dockerfile, out);
                    ContextArchive.append(ALONG + ".dockerignore", own, out);
                    ContextArchive.write(root, out);
                }));
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

    /// What `writer` writes, as a thread of its own does it; its failure is the reader's.
    private static InputStream piped(Writer writer) throws IOException {
        var out = new PipedOutputStream();
        var failure = new AtomicReference<IOException>();
        var in = new PipedInputStream(out, PIPE) {
            @Override
            public synchronized int read(byte[] bytes, int offset, int length) throws IOException {
                int count = super.read(bytes, offset, length);
                if (count < 0 && failure.get() != null) {
                    throw new IOException(
                            "cannot send the build context: " + failure.get().getMessage(), failure.get());
                }
                return count;
            }
        };
        Thread.ofVirtual().name("build-context").start(() -> {
            try (out) {
                try {
                    writer.write(out);
                } catch (IOException failed) {
                    failure.set(failed); // Before the pipe ends, so that its end is not taken for the archive's.
                }
            } catch (IOException gone) {
                failure.compareAndSet(null, gone);
            }
        });
        return in;
    }

    /// `text` with the name that people know.
    String named(String text) {
        return text.replace(dockerfile, shown);
    }

    /// The context behind `line`.
    InputStream behind(byte[] line) throws IOException {
        return new SequenceInputStream(new ByteArrayInputStream(line), archive.open());
    }
}
