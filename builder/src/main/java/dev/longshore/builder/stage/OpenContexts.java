package dev.longshore.builder.stage;

import dev.longshore.builder.dockerfile.DockerfileException;
import dev.longshore.builder.graph.NamedContext;
import dev.longshore.builder.graph.NamedContexts;
import dev.longshore.builder.remote.Checksum;
import dev.longshore.builder.remote.Downloads;
import dev.longshore.builder.remote.FetchException;
import dev.longshore.builder.remote.GitAddress;
import dev.longshore.images.Image;
import dev.longshore.images.ImageArchive;
import dev.longshore.images.ImageFault;
import dev.longshore.images.ImageFaultException;
import dev.longshore.images.Leases;
import dev.longshore.images.MergedTree;
import dev.longshore.images.Platform;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/// The contexts that one build is given by name: each is fetched when a stage first wants it, and kept until the build
/// ends. Thread-safe.
final class OpenContexts implements AutoCloseable {

    private static final String IGNORED = ".dockerignore";

    /// What BuildKit calls a file from the web.
    private static final String FILE = "context";

    private final Tools tools;
    private final NamedContexts contexts;
    private final Bases bases;
    private final Leases.Lease lease;
    private final Materials materials;
    private final Once<Opened> opened = new Once<>();
    private final Queue<Path> staged = new ConcurrentLinkedQueue<>();

    OpenContexts(Tools tools, NamedContexts contexts, Bases bases, Leases.Lease lease, Materials materials) {
        this.tools = tools;
        this.contexts = contexts;
        this.bases = bases;
        this.lease = lease;
        this.materials = materials;
    }

    /// What there is of a context.
    sealed interface Opened {

        /// An image.
        record OfImage(Image image) implements Opened {}

        /// Files.
        ///
        /// @param made when what they were fetched from was made, if anything says so
        record OfFiles(SourceTree files, Optional<Instant> made) implements Opened {}

        /// Nothing.
        record Nothing() implements Opened {}
    }

    /// The context called `name`, as the plan has it; of images the one for `platform`.
    ///
    /// @throws DockerfileException when files cannot be had
    /// @throws ImageFaultException when an image cannot be had
    Opened get(String name, Platform platform) throws IOException, InterruptedException {
        try {
            return switch (contexts.get(name)) {
                case NamedContext.Nothing() -> new Opened.Nothing();
                case NamedContext.OfImage image -> {
                    String wanted = image.name().familiar();
                    Image found = bases.get(wanted, platform);
                    materials.image(wanted, platform, found.target());
                    yield new Opened.OfImage(found);
                }
                case NamedContext.OfLayout layout ->
                    opened.get(name + " for " + platform, () -> layout(name, layout, platform));
                case NamedContext.OfDirectory(Path directory) -> opened.get(name, () -> directory(name, directory));
                case NamedContext.OfAddress(String address) -> opened.get(name, () -> address(address));
            };
        } catch (FetchException failed) {
            throw new DockerfileException("build context " + name, 0, failed.getMessage(), 1, failed);
        }
    }

    private Opened layout(String name, NamedContext.OfLayout context, Platform platform) throws IOException {
        new ImageArchive(tools.images()).take(context.layout(), context.target(), lease);
        Image image = tools.images()
                .images()
                .byTarget(context.target(), platform)
                .orElseThrow(() -> new ImageFaultException(new ImageFault.Malformed(
                        "the build context " + name, "there is no image for " + platform + " in it")));
        materials.image(name, platform, image.target());
        return new Opened.OfImage(image);
    }

    private Opened directory(String name, Path directory) throws IOException {
        MergedTree files = tools.images().layers().merged(List.of(directory));
        Optional<String> ignored = ContextText.read(files, IGNORED);
        try {
            IgnoreFile ignoring = IgnoreFile.parse(ignored.orElse(""));
            return new Opened.OfFiles(
                    new SourceTree(files, List.of(directory), ignoring, tools.files()), Optional.empty());
        } catch (IllegalArgumentException wrong) {
            throw new DockerfileException(
                    "build context " + name, 0, "failed parsing " + IGNORED + ": " + wrong.getMessage(), 1, wrong);
        }
    }

    private Opened address(String address) throws IOException, InterruptedException {
        Path directory = stage();
        Optional<Instant> made = fetch(address, directory);
        return new Opened.OfFiles(
                new SourceTree(
                        tools.images().layers().merged(List.of(directory)),
                        List.of(directory),
                        IgnoreFile.NONE,
                        tools.files()),
                made);
    }

    /// Fetches what is at `address` only to find out when it was made, if anything says so.
    ///
    /// @throws FetchException when it cannot be had
    Optional<Instant> made(String address) throws IOException, InterruptedException {
        return fetch(address, stage());
    }

    private Optional<Instant> fetch(String address, Path directory) throws IOException, InterruptedException {
        Optional<GitAddress> git;
        try {
            git = GitAddress.parse(address);
        } catch (IllegalArgumentException wrong) {
            throw new FetchException(wrong.getMessage(), wrong);
        }
        if (git.isPresent()) {
            boolean keeps = git.get().keepsGitDirectory().orElse(false);
            Checkouts.CheckedOut out = new Checkouts(tools).checkOut(git.get(), keeps, directory, stage());
            materials.repository(git.get(), out.commit());
            return Optional.of(out.made());
        }
        return download(address, directory.resolve(FILE));
    }

    private Optional<Instant> download(String url, Path file) throws IOException, InterruptedException {
        Downloads.Known known = tools.downloads().look(url, file);
        String sum = known.digest().toString();
        if (!Files.exists(file)) {
            tools.downloads().fetch(url, Checksum.parse(sum), file);
        }
        materials.download(url, sum);
        return known.told().isPresent() ? known.told() : ArchiveTime.latest(file);
    }

    private Path stage() throws IOException {
        Path directory = tools.images().layers().stage("named-context");
        staged.add(directory);
        return directory;
    }

    @Override
    public void close() throws IOException {
        for (Path directory = staged.poll(); directory != null; directory = staged.poll()) {
            tools.images().layers().discard(directory);
        }
    }
}
