package dev.longshore.builder;

import dev.longshore.builder.context.ContextMirrors;
import dev.longshore.builder.context.DirectoryContext;
import dev.longshore.builder.context.LocalDirectory;
import dev.longshore.builder.dockerfile.DockerfileException;
import dev.longshore.builder.remote.Addresses;
import dev.longshore.builder.remote.Checksum;
import dev.longshore.builder.remote.Downloads;
import dev.longshore.builder.remote.FetchException;
import dev.longshore.builder.remote.GitAddress;
import dev.longshore.builder.stage.ArchiveTime;
import dev.longshore.builder.stage.Checkouts;
import dev.longshore.builder.stage.Contents;
import dev.longshore.builder.stage.Tools;
import dev.longshore.images.FileMirror;
import dev.longshore.images.ImageFaultException;
import dev.longshore.images.Layers;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;

/// Brings build contexts here: an archive, compressed or not; a Dockerfile by itself; either of them from the web; a
/// git repository. Thread-safe.
final class Contexts {

    private static final String DOCKERFILE = "Dockerfile";
    private static final String WHAT = "build context";
    private static final int SAMPLE = 512;
    private static final int LARGEST_DOCKERFILE = 4 << 20;

    private final Layers layers;
    private final Tools tools;
    private final ContextMirrors mirrors;

    Contexts(Layers layers, Tools tools, ContextMirrors mirrors) {
        this.layers = layers;
        this.tools = tools;
        this.mirrors = mirrors;
    }

    /// What a directory was filled with.
    ///
    /// @param dockerfile its name, if that is all
    /// @param made when what was fetched was made, if anything says so
    private record Filled(Optional<String> dockerfile, Optional<Instant> made) {}

    /// Fills a directory.
    @FunctionalInterface
    private interface Filling {
        Filled fill(Path directory, Path scratch) throws IOException, InterruptedException;
    }

    /// Takes what a client sends.
    @FunctionalInterface
    private interface Receiving {
        Context receive() throws IOException, InterruptedException;
    }

    /// Fills a mirror.
    @FunctionalInterface
    private interface Mirroring {
        void fill(FileMirror mirror) throws IOException, InterruptedException;
    }

    /// The one that `in` brings. What the last one of its `kind` brought as well is not written again.
    ///
    /// @throws DockerfileException when it is none, or a hostile one
    Context receive(InputStream in, String kind) throws IOException {
        var buffered = new BufferedInputStream(in, SAMPLE);
        buffered.mark(SAMPLE);
        byte[] sample = buffered.readNBytes(SAMPLE);
        buffered.reset();
        return uninterrupted(() -> isText(sample)
                ? staged((directory, scratch) -> new Filled(text(buffered, directory), Optional.empty()))
                : mirrored("sent " + kind, mirror -> layers.unpackFiles(buffered, mirror)));
    }

    /// The files in the archive that `in` brings, as a context of its own.
    ///
    /// @throws DockerfileException when it is none, or a hostile one
    Path receiveFiles(InputStream in) throws IOException {
        return uninterrupted(() -> staged((directory, scratch) -> {
                    layers.unpackFiles(in, directory);
                    return new Filled(Optional.empty(), Optional.empty());
                }))
                .directory();
    }

    private static Context uninterrupted(Receiving receiving) throws IOException {
        try {
            return receiving.receive();
        } catch (InterruptedException unexpected) {
            throw new IllegalStateException("nothing here waits", unexpected);
        }
    }

    /// The one in a directory of this machine, which [LocalDirectory#isHere].
    ///
    /// @throws DockerfileException when it cannot be read
    Context read(LocalDirectory local) throws IOException, InterruptedException {
        var reader = new DirectoryContext(layers, tools.files(), tools.time());
        try {
            return mirrored("at " + local.path() + "\n" + local.dockerfile(), mirror -> reader.read(local, mirror));
        } catch (IllegalArgumentException wrong) {
            throw new DockerfileException(".dockerignore", 0, wrong.getMessage(), 1, wrong);
        }
    }

    /// What is known of the files of `context`.
    Contents contents(Path context) {
        return mirrors.contents(context, tools.files());
    }

    /// Ends the use of a context.
    void release(Context context) throws IOException {
        if (!mirrors.release(context.directory())) {
            layers.discard(context.directory());
        }
    }

    /// The one at `remote`: a repository, or an archive or a Dockerfile on the web.
    ///
    /// @param keepsGit whether a repository keeps `.git`, whatever its address says
    /// @throws DockerfileException when it cannot be had
    Context fetch(String remote, boolean keepsGit) throws IOException, InterruptedException {
        Optional<GitAddress> git;
        try {
            git = GitAddress.parse(remote);
        } catch (IllegalArgumentException wrong) {
            throw failed(wrong.getMessage(), wrong);
        }
        if (git.isPresent()) {
            return staged((directory, scratch) -> {
                boolean keeps = keepsGit || git.get().keepsGitDirectory().orElse(false);
                return new Filled(
                        Optional.empty(),
                        Optional.of(new Checkouts(tools)
                                .checkOut(git.get(), keeps, directory, scratch)
                                .made()));
            });
        }
        if (!Addresses.isHttp(remote)) {
            throw failed("remoteURL (" + Addresses.shown(remote) + ") could not be recognized as URL", null);
        }
        return staged((directory, scratch) -> download(remote, directory, scratch));
    }

    private Context mirrored(String kind, Mirroring mirroring) throws IOException, InterruptedException {
        FileMirror mirror = mirrors.take(kind);
        boolean isDone = false;
        try {
            mirroring.fill(mirror);
            isDone = true;
            return new Context(mirror.directory(), Optional.empty(), Optional.empty());
        } catch (ImageFaultException failed) {
            throw failed(failed.getMessage(), failed);
        } finally {
            if (!isDone) {
                mirrors.drop(mirror.directory());
            }
        }
    }

    private Context staged(Filling filling) throws IOException, InterruptedException {
        Path directory = layers.stage("context");
        Path scratch = layers.stage("context-work");
        boolean isDone = false;
        try {
            Filled filled = filling.fill(directory, scratch);
            isDone = true;
            return new Context(directory, filled.dockerfile(), filled.made());
        } catch (ImageFaultException | FetchException failed) {
            throw failed(failed.getMessage(), failed);
        } finally {
            layers.discard(scratch);
            if (!isDone) {
                layers.discard(directory);
            }
        }
    }

    private Optional<String> unpack(InputStream in, Path directory) throws IOException {
        var buffered = new BufferedInputStream(in, SAMPLE);
        buffered.mark(SAMPLE);
        byte[] sample = buffered.readNBytes(SAMPLE);
        buffered.reset();
        if (!isText(sample)) {
            layers.unpackFiles(buffered, directory);
            return Optional.empty();
        }
        return text(buffered, directory);
    }

    private static Optional<String> text(InputStream in, Path directory) throws IOException {
        byte[] text = in.readNBytes(LARGEST_DOCKERFILE + 1);
        if (text.length > LARGEST_DOCKERFILE) {
            throw failed("neither an archive nor a Dockerfile of at most " + LARGEST_DOCKERFILE + " bytes", null);
        }
        Files.write(directory.resolve(DOCKERFILE), text);
        return Optional.of(DOCKERFILE);
    }

    private Filled download(String url, Path directory, Path scratch) throws IOException, InterruptedException {
        Path file = scratch.resolve("download");
        Downloads.Known known = tools.downloads().look(url, file);
        if (!Files.exists(file)) {
            tools.downloads().fetch(url, Checksum.parse(known.digest().toString()), file);
        }
        try (InputStream in = Files.newInputStream(file)) {
            Optional<Instant> made = known.told().isPresent() ? known.told() : ArchiveTime.latest(file);
            return new Filled(unpack(in, directory), made);
        }
    }

    /// As far as it goes. An archive's header has zeros in it, whatever wraps it has bytes that are no text.
    private static boolean isText(byte[] sample) {
        if (sample.length == 0) {
            return false;
        }
        for (byte b : sample) {
            if (b >= 0 && b < ' ' && b != '\n' && b != '\r' && b != '\t' && b != '\f') {
                return false;
            }
        }
        // The last character may be cut in two.
        for (int length = sample.length; length > Math.max(0, sample.length - 4); length--) {
            try {
                StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(sample, 0, length));
                return true;
            } catch (CharacterCodingException cut) {
                continue;
            }
        }
        return false;
    }

    private static DockerfileException failed(String why, Throwable cause) {
        return new DockerfileException(WHAT, 0, why, 1, cause);
    }
}
