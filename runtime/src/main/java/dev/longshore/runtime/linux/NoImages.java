package dev.longshore.runtime.linux;

import dev.longshore.base.Digest;
import dev.longshore.runtime.Images;
import dev.longshore.runtime.RuntimeFaultException;
import dev.longshore.runtime.RuntimeFaultException.Kind;
import java.util.List;
import java.util.Optional;

/// The images of a runtime that has none, and gets none: it runs build steps, whose files their caller gives.
final class NoImages implements Images, RootFilesystems {

    @Override
    public Optional<ImageStatus> status(String reference) {
        return Optional.empty();
    }

    @Override
    public ImageStatus pull(String reference, Optional<Credentials> credentials) {
        throw absent(reference);
    }

    @Override
    public List<ImageStatus> list() {
        return List.of();
    }

    @Override
    public void remove(String reference) {}

    @Override
    public Prepared prepare(Digest imageConfigDigest, String containerId) {
        throw absent(imageConfigDigest.toString());
    }

    @Override
    public void release(String containerId) {}

    private static RuntimeFaultException absent(String image) {
        return new RuntimeFaultException(
                Kind.IMAGE_UNAVAILABLE,
                "there is no image " + image + ": this runtime has none, and only runs build steps");
    }
}
