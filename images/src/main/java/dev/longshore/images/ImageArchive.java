package dev.longshore.images;

import dev.longshore.base.Digest;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/// Images as one file: writes what both `docker load` and OCI tools read (an OCI image layout with Docker's
/// `manifest.json` besides), reads either, as `docker save`, `podman save` and `skopeo copy` make them.
/// Thread-safe.
public final class ImageArchive {

    private final LocalImages local;

    /// Of images in `local`.
    public ImageArchive(LocalImages local) {
        this.local = local;
    }

    /// Writes `images`, each under its names, to `out`; leaves `out` open. Of an index everything that is here goes
    /// along.
    public void save(List<Image> images, OutputStream out) throws IOException {
        save(images, false, out);
    }

    /// The same; `isOnePlatform` leaves out of indexes what is not the very image that was given.
    public void save(List<Image> images, boolean isOnePlatform, OutputStream out) throws IOException {
        try (Leases.Lease lease = local.content().leases().open()) {
            new ArchiveWriter(local, lease, isOnePlatform).write(images, out);
        }
    }

    /// Takes what `wanted`, a manifest or an index, needs out of `layout`, an OCI image layout that somebody unpacked;
    /// nothing names it, `lease` keeps it. Links out of the layout lead nowhere.
    ///
    /// @throws ImageFaultException when something of it is missing or damaged
    public void take(Path layout, Digest wanted, Leases.Lease lease) throws IOException {
        var files = new ArchiveFiles(local.layers().merged(List.of(layout)));
        new ArchiveReader(local, files, lease, Optional.empty()).take(wanted);
    }

    /// Reads images out of the archive `in` and names them as it says. Returns them with those names only. What was
    /// here already stays as it is.
    ///
    /// @throws ImageFaultException when it holds none, or damaged ones; then nothing is named
    public List<Image> load(InputStream in) throws IOException, InterruptedException {
        return load(in, Optional.empty());
    }

    /// The same; with a platform, of indexes only the image for it is read.
    public List<Image> load(InputStream in, Optional<Platform> only) throws IOException, InterruptedException {
        var staged = local.layers().stage("load");
        try (Leases.Lease lease = local.content().leases().open()) {
            local.layers().unpackFiles(in, staged);
            return new ArchiveReader(local, new ArchiveFiles(local.layers().merged(List.of(staged))), lease, only)
                    .read();
        } finally {
            local.layers().discard(staged);
        }
    }
}
