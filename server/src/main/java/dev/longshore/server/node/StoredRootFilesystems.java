package dev.longshore.server.node;

import dev.longshore.base.Digest;
import dev.longshore.images.ImageFaultException;
import dev.longshore.images.LocalImages;
import dev.longshore.images.RunConfig;
import dev.longshore.images.Snapshots;
import dev.longshore.runtime.RuntimeFaultException;
import dev.longshore.runtime.linux.RootFilesystems;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Optional;

/// Gives containers the layers of images in this machine's store.
public final class StoredRootFilesystems implements RootFilesystems {

    private final LocalImages images;

    /// Out of `images`.
    public StoredRootFilesystems(LocalImages images) {
        this.images = images;
    }

    @Override
    public Prepared prepare(Digest image, String containerId) throws InterruptedException {
        try {
            Snapshots.Snapshot snapshot = images.snapshots().prepare(containerId, image);
            return new Prepared(
                    snapshot.lowerDirectories(),
                    config(snapshot.image().config().run()));
        } catch (ImageFaultException missing) {
            throw new RuntimeFaultException(
                    RuntimeFaultException.Kind.IMAGE_UNAVAILABLE, missing.getMessage(), missing);
        } catch (IOException broken) {
            throw new RuntimeFaultException(
                    RuntimeFaultException.Kind.FAILED,
                    "cannot unpack image " + image + ": " + broken.getMessage(),
                    broken);
        }
    }

    @Override
    public void release(String containerId) {
        try {
            images.snapshots().release(containerId);
        } catch (IOException broken) {
            throw new UncheckedIOException(broken);
        }
    }

    static ImageConfig config(RunConfig run) {
        return new ImageConfig(
                run.entrypoint(),
                run.command(),
                run.env().entrySet().stream()
                        .map(entry -> entry.getKey() + "=" + entry.getValue())
                        .toList(),
                present(run.workingDirectory()),
                present(run.user()),
                present(run.stopSignal()),
                run.exposedPorts(),
                run.volumes(),
                run.labels());
    }

    private static Optional<String> present(String text) {
        return Optional.of(text).filter(value -> !value.isEmpty());
    }
}
