package dev.longshore.server.node;

import dev.longshore.base.Digest;
import dev.longshore.images.Image;
import dev.longshore.images.ImageFaultException;
import dev.longshore.images.LocalImages;
import dev.longshore.runtime.RuntimeFaultException;
import dev.longshore.runtime.linux.RootFilesystems;
import java.io.IOException;

/// Gives containers the layers of images that somebody else keeps for them: the Docker engine, for as long as its
/// containers exist, whether they run or not.
public final class KeptRootFilesystems implements RootFilesystems {

    private final LocalImages images;

    /// Out of `images`.
    public KeptRootFilesystems(LocalImages images) {
        this.images = images;
    }

    @Override
    public Prepared prepare(Digest imageId, String containerId) throws InterruptedException {
        try {
            Image image = images.images().get(imageId.toString());
            return new Prepared(
                    images.layers().directories(image.manifest(), image.config()),
                    StoredRootFilesystems.config(image.config().run()));
        } catch (ImageFaultException missing) {
            throw new RuntimeFaultException(
                    RuntimeFaultException.Kind.IMAGE_UNAVAILABLE, missing.getMessage(), missing);
        } catch (IOException broken) {
            throw new RuntimeFaultException(
                    RuntimeFaultException.Kind.FAILED,
                    "cannot unpack image " + imageId + ": " + broken.getMessage(),
                    broken);
        }
    }

    @Override
    public void release(String containerId) {}
}
