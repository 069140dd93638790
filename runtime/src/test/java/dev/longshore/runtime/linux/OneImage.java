package dev.longshore.runtime.linux;

import dev.longshore.runtime.Images;
import dev.longshore.runtime.RuntimeFaultException;
import java.util.List;
import java.util.Optional;

/// The image of [LinuxNode], by its name and by its id; all others are in a registry that nobody reaches.
final class OneImage implements Images {

    static final String NAME = "longshore.test/busybox:1";

    private static final ImageStatus STATUS =
            new ImageStatus(LinuxNode.IMAGE, List.of(NAME), List.of(), 1 << 20, Optional.of("101:102"));

    @Override
    public Optional<ImageStatus> status(String reference) {
        return reference.equals(NAME) || reference.equals(LinuxNode.IMAGE.toString())
                ? Optional.of(STATUS)
                : Optional.empty();
    }

    @Override
    public ImageStatus pull(String reference, Optional<Credentials> credentials) {
        return status(reference)
                .orElseThrow(() -> new RuntimeFaultException(
                        RuntimeFaultException.Kind.IMAGE_UNAVAILABLE,
                        "RegistryUnavailable: nobody answers for " + reference
                                + credentials
                                        .map(who -> " to " + who.username())
                                        .orElse("")));
    }

    @Override
    public List<ImageStatus> list() {
        return List.of(STATUS);
    }

    @Override
    public void remove(String reference) {
        throw new RuntimeFaultException(RuntimeFaultException.Kind.FAILED, "image is in use: " + reference);
    }
}
