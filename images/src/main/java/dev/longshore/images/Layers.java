package dev.longshore.images;

import dev.longshore.base.Digest;
import dev.longshore.linux.Inodes;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.DigestInputStream;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;

/// Layers as overlayfs wants them: one directory per chain id, unpacked once from its blob, when first asked
/// for, or taken over from a build. Thread-safe; two who want the same layer share the work.
public final class Layers {

    private static final int BUFFER = 64 << 10;

    private final ImageLayout layout;
    private final ContentStore content;
    private final Inodes inodes;
    private final Disk disk;
    private final LayerSizes sizes;
    private final ConcurrentHashMap<Digest, CompletableFuture<Path>> running = new ConcurrentHashMap<>();

    Layers(ImageLayout layout, ContentStore content, Inodes inodes, Disk disk) {
        this.layout = layout;
        this.content = content;
        this.inodes = inodes;
        this.disk = disk;
        this.sizes = new LayerSizes(layout, disk);
    }

    /// A layer that was written.
    ///
    /// @param descriptor of the compressed blob
    /// @param bytes of its files
    public record Written(Descriptor descriptor, Digest diffId, Digest chainId, long bytes) {}

    void start() throws IOException {
        for (Path parent : List.of(layout.allLayers(), layout.allStaging())) {
            // Layers hold set-id programs and device nodes of strangers: nobody but us may reach them.
            Files.createDirectories(parent);
            Files.setPosixFilePermissions(parent, PosixFilePermissions.fromString("rwx------"));
            for (Path boot : Overlay.children(parent)) {
                if (parent.equals(layout.allStaging())
                        || !boot.getFileName().toString().equals(layout.bootId())) {
                    Overlay.deleteTree(boot);
                }
            }
        }
        Files.createDirectories(layout.layers());
        Files.createDirectories(layout.staging());
        Files.createDirectories(layout.empty());
        sizes.start();
    }

    /// How large layers are on disk.
    LayerSizes sizes() {
        return sizes;
    }

    /// The chain id of the layer `diffId` on the chain `parent`.
    public static Digest chainId(Digest parent, Digest diffId) {
        return Digest.sha256((parent + " " + diffId).getBytes(StandardCharsets.UTF_8));
    }

    /// The directories of an image's layers, topmost first; unpacks what is not unpacked yet.
    ///
    /// @throws ImageFaultException when a layer is absent or not what it should be
    public List<Path> directories(Manifest.Image manifest, ImageConfig config)
            throws IOException, InterruptedException {
        List<Digest> diffIds = config.diffIds();
        if (manifest.layers().size() != diffIds.size()) {
            throw new ImageFaultException(new ImageFault.Malformed(
                    "manifest",
                    manifest.layers().size() + " layers, but " + diffIds.size() + " in the image's config"));
        }
        List<Digest> chain = config.chainIds();
        var directories = new ArrayList<Path>();
        for (int i = 0; i < diffIds.size(); i++) {
            directories.addFirst(
                    directory(chain.get(i), directories, manifest.layers().get(i), diffIds.get(i)));
        }
        return List.copyOf(directories);
    }

    /// A directory with nothing in it, for what has no layers.
    public Path empty() {
        return layout.empty();
    }

    /// A fresh directory for work; whoever asks for it deletes it, and if not, the next start does.
    public Path stage(String purpose) throws IOException {
        return Files.createDirectory(layout.staging().resolve(purpose + "-" + UUID.randomUUID()));
    }

    /// Deletes a directory of [#stage].
    public void discard(Path staged) throws IOException {
        if (!staged.startsWith(layout.staging())) {
            throw new IllegalArgumentException("not staged: " + staged);
        }
        Overlay.deleteTree(staged);
    }

    /// The extended attributes of `file` that images carry.
    public Map<String, byte[]> attributes(Path file) throws IOException {
        var attributes = new TreeMap<>(inodes.attributes(file));
        attributes.keySet().removeIf(name -> !Overlay.isOfImages(name));
        return attributes;
    }

    /// The tree that an image's layers make together.
    public MergedTree merged(List<Path> directories) {
        return new MergedTree(directories, inodes);
    }

    /// Writes `upper`, in overlayfs form, as a layer on the chain `parent`, and takes the directory over as the
    /// unpacked layer: it is gone from where it was. `lease` keeps both.
    public Written commit(Path upper, Optional<Digest> parent, Leases.Lease lease) throws IOException {
        Written written = write(upper, parent, lease);
        settle(upper, written.chainId());
        return written;
    }

    /// The same, but `upper` stays where and what it is: somebody still works in it.
    public Written write(Path upper, Optional<Digest> parent, Leases.Lease lease) throws IOException {
        MessageDigest sum = Digest.hasher("sha256");
        Descriptor descriptor;
        long bytes;
        try (BlobWriter blob = content.writer()) {
            try (OutputStream gzip = Compression.gzip(blob);
                    OutputStream plain = new BufferedOutputStream(new DigestOutputStream(gzip, sum), BUFFER)) {
                bytes = LayerDiff.write(upper, plain, inodes);
            }
            long size = blob.size();
            descriptor = Descriptor.of(MediaTypes.OCI_LAYER_GZIP, blob.commit(lease), size);
        }
        Digest diffId = Digest.of("sha256", sum.digest());
        Digest chainId = parent.map(p -> chainId(p, diffId)).orElse(diffId);
        lease.keep(chainId);
        sizes.record(chainId, bytes);
        return new Written(descriptor, diffId, chainId, bytes);
    }

    /// Unpacks the archive `in`, compressed or not, into `directory`, an empty one: not as a layer, but as
    /// plain files of strangers (a build's context). Nothing outside `directory` is touched.
    public void unpackFiles(InputStream in, Path directory) throws IOException {
        new LayerUnpacker(directory, List.of(), inodes, LayerUnpacker.Limits.USUAL, false, List.of())
                .unpack(Compression.open(in));
    }

    /// A mirror of plain files in the empty directory `directory`.
    public FileMirror mirror(Path directory) {
        return new FileMirror(directory, inodes);
    }

    /// Brings `mirror` to what the archive `in`, compressed or not, would unpack to in an empty directory. It is
    /// [FileMirror#isExact] afterwards, unless the archive has hard links or names twice.
    ///
    /// @throws ImageFaultException when it is no archive, or a hostile one; the mirror is worth nothing then
    public void unpackFiles(InputStream in, FileMirror mirror) throws IOException {
        var rest =
                new LayerUnpacker(mirror.directory(), List.of(), inodes, LayerUnpacker.Limits.USUAL, false, List.of());
        new MirrorUnpacker(mirror, rest, LayerUnpacker.Limits.USUAL).unpack(Compression.open(in));
    }

    /// Whole file systems as archives.
    public TreeArchive archive() {
        return new TreeArchive(inodes);
    }

    /// The layer that is being made in `upper`, above `lowers`, topmost first.
    public LayerTree tree(Path upper, List<Path> lowers) {
        return new LayerTree(upper, lowers, inodes);
    }

    /// Unpacked chains.
    Set<Digest> unpacked() throws IOException {
        var chains = new java.util.HashSet<Digest>();
        for (Path layer : Overlay.children(layout.layers())) {
            chains.add(new Digest("sha256", layer.getFileName().toString()));
        }
        return chains;
    }

    /// Deletes an unpacked layer: first out of sight in one step, so that none is ever seen half.
    void delete(Digest chainId) throws IOException {
        sizes.forget(chainId);
        Path gone = layout.staging().resolve("gone-" + UUID.randomUUID());
        try {
            disk.move(layout.layer(chainId), gone);
        } catch (java.nio.file.NoSuchFileException already) {
            return;
        }
        Overlay.deleteTree(gone);
    }

    private Path directory(Digest chainId, List<Path> parents, Descriptor blob, Digest diffId)
            throws IOException, InterruptedException {
        while (true) {
            Path layer = layout.layer(chainId);
            if (Files.isDirectory(layer)) {
                return layer;
            }
            var mine = new CompletableFuture<Path>();
            var theirs = running.putIfAbsent(chainId, mine);
            if (theirs != null) {
                try {
                    return theirs.get();
                } catch (ExecutionException failed) {
                    continue; // Perhaps only whoever asked first was interrupted: try ourselves.
                }
            }
            try {
                unpack(chainId, parents, blob, diffId);
                mine.complete(layer);
                return layer;
            } finally {
                mine.completeExceptionally(new IOException("not unpacked"));
                running.remove(chainId, mine);
            }
        }
    }

    private void unpack(Digest chainId, List<Path> parents, Descriptor blob, Digest diffId) throws IOException {
        Path staged = stage("layer");
        try {
            Files.setPosixFilePermissions(staged, PosixFilePermissions.fromString("rwxr-xr-x"));
            MessageDigest sum = Digest.hasher(diffId.algorithm());
            long bytes;
            try (InputStream raw = content.open(blob.digest());
                    InputStream plain = Compression.open(raw);
                    InputStream counted = new DigestInputStream(plain, sum)) {
                bytes = new LayerUnpacker(staged, parents, inodes, LayerUnpacker.Limits.USUAL).unpack(counted);
            }
            Digest actual = Digest.of(diffId.algorithm(), sum.digest());
            if (!actual.equals(diffId)) {
                throw new ImageFaultException(new ImageFault.WrongDigest(diffId.toString(), actual.toString()));
            }
            sizes.record(chainId, bytes);
            settle(staged, chainId);
        } finally {
            Overlay.deleteTree(staged);
        }
    }

    private void settle(Path directory, Digest chainId) throws IOException {
        try {
            disk.move(directory, layout.layer(chainId));
        } catch (FileSystemException there) {
            if (!Files.isDirectory(layout.layer(chainId))) {
                throw there;
            }
            Overlay.deleteTree(directory); // The same layer is there already: same chain id, same content.
        }
    }

    /// Lets a compressor finish without ending what it writes to.
    static final class OpenEnded extends java.io.FilterOutputStream {
        OpenEnded(OutputStream out) {
            super(out);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            out.write(bytes, offset, length);
        }

        @Override
        public void close() throws IOException {
            flush();
        }
    }
}
