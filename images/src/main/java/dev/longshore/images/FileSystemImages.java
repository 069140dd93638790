package dev.longshore.images;

import dev.longshore.base.Digest;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Makes images out of file systems: a container's, as `docker commit`, or an archive's, as `docker import`. Nothing
/// is named before all of it is here and checked. Thread-safe.
public final class FileSystemImages {

    /// The archive with nothing in it: Docker makes no layer of it.
    private static final Digest NOTHING = Digest.sha256(new byte[1024]);

    private final LocalImages local;

    /// Into `local`.
    public FileSystemImages(LocalImages local) {
        this.local = local;
    }

    /// What one says about a new image.
    ///
    /// @param run how it will be run
    /// @param createdBy the command that its history shows
    /// @param names all of them with tags; may be empty
    public record Wish(RunConfig run, String author, String comment, String createdBy, List<Reference> names) {
        public Wish {
            names = List.copyOf(names);
        }
    }

    /// An image of `base` and what a container has written into `upper`, its directory in overlayfs form, since.
    /// The container goes on; `freeze` holds it still while its files are read.
    public Image commit(Image base, Path upper, Wish wish, Freeze freeze) throws IOException, InterruptedException {
        try (Leases.Lease lease = local.content().leases().open()) {
            base.manifest().children().forEach(child -> lease.keep(child.digest()));
            List<Digest> chain = base.config().chainIds();
            Optional<Digest> parent = chain.isEmpty() ? Optional.empty() : Optional.of(chain.getLast());
            Layers.Written layer = frozen(freeze, () -> local.layers().write(upper, parent, lease));
            boolean isEmpty = layer.diffId().equals(NOTHING);
            var layers = new ArrayList<>(base.manifest().layers());
            var diffIds = new ArrayList<>(base.config().diffIds());
            if (!isEmpty) {
                layers.add(layer.descriptor());
                diffIds.add(layer.diffId());
            }
            var history = new ArrayList<>(base.config().history());
            history.add(step(wish, isEmpty));
            var config = new ImageConfig(
                    base.config().platform(),
                    Optional.of(local.time().now()),
                    wish.author(),
                    wish.run(),
                    diffIds,
                    history);
            Image image = named(config, layers, wish.names(), lease);
            if (!image.id().equals(base.id())) {
                local.images().bear(image.id(), base.id());
            }
            return image;
        }
    }

    /// An image of the one archive `in`, compressed or not, for `platform`.
    ///
    /// @throws ImageFaultException when it is no archive, or one that must not be unpacked
    public Image imported(InputStream in, Platform platform, Wish wish) throws IOException, InterruptedException {
        try (Leases.Lease lease = local.content().leases().open()) {
            MessageDigest sum = Digest.hasher("sha256");
            Descriptor descriptor;
            try (BlobWriter blob = local.content().writer()) {
                try (InputStream plain = new DigestInputStream(Compression.open(in), sum);
                        OutputStream gzip = Compression.gzip(blob)) {
                    plain.transferTo(gzip);
                }
                long size = blob.size();
                descriptor = Descriptor.of(MediaTypes.OCI_LAYER_GZIP, blob.commit(lease), size);
            }
            Digest diffId = Digest.of("sha256", sum.digest());
            var config = new ImageConfig(
                    platform,
                    Optional.of(local.time().now()),
                    wish.author(),
                    wish.run(),
                    List.of(diffId),
                    List.of(step(wish, false)));
            lease.keep(diffId);
            var manifest =
                    new Manifest.Image(MediaTypes.OCI_MANIFEST, descriptor, List.of(descriptor), Optional.empty());
            local.layers().directories(manifest, config);
            return named(config, List.of(descriptor), wish.names(), lease);
        }
    }

    private Image named(ImageConfig config, List<Descriptor> layers, List<Reference> names, Leases.Lease lease)
            throws IOException {
        Digest target = local.images().assemble(config, layers, lease);
        local.images().add("", target);
        for (Reference name : names) {
            local.images().tag(name, target);
        }
        return local.images().byTarget(target).orElseThrow(() -> new IOException("the new image is not there"));
    }

    private ImageConfig.History step(Wish wish, boolean isEmpty) {
        return new ImageConfig.History(
                Optional.of(local.time().now()), wish.createdBy(), wish.author(), wish.comment(), isEmpty);
    }

    private static Layers.Written frozen(Freeze freeze, Reading reading) throws IOException, InterruptedException {
        freeze.freeze();
        try {
            return reading.read();
        } finally {
            freeze.thaw();
        }
    }

    private interface Reading {
        Layers.Written read() throws IOException;
    }
}
