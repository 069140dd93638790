package dev.longshore.runtime.cri;

import dev.longshore.runtime.Images;
import dev.longshore.runtime.RuntimeFaultException;
import dev.longshore.runtime.RuntimeFaultException.Kind;
import dev.longshore.runtime.cri.proto.AuthConfig;
import dev.longshore.runtime.cri.proto.ImageSpec;
import dev.longshore.runtime.cri.proto.ImageStatusRequest;
import dev.longshore.runtime.cri.proto.ListImagesRequest;
import dev.longshore.runtime.cri.proto.PullImageRequest;
import dev.longshore.runtime.cri.proto.RemoveImageRequest;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// Images of a runtime behind a socket.
final class CriImages implements Images {

    /// The runtime gives up by itself when nothing comes any more; this is for one that hangs.
    private static final Duration LONGEST_PULL = Duration.ofHours(6);

    private final CriConnection cri;

    CriImages(CriConnection cri) {
        this.cri = cri;
    }

    @Override
    public Optional<ImageStatus> status(String reference) {
        var told = cri.ask(
                CriMethods.IMAGE_STATUS,
                ImageStatusRequest.newBuilder().setImage(spec(reference)).build());
        return told.hasImage() && !told.getImage().getId().isEmpty()
                ? Optional.of(CriStatuses.of(told.getImage()))
                : Optional.empty();
    }

    @Override
    public ImageStatus pull(String reference, Optional<Credentials> credentials) throws InterruptedException {
        var request = PullImageRequest.newBuilder().setImage(spec(reference));
        credentials.ifPresent(given -> request.setAuth(AuthConfig.newBuilder()
                .setUsername(given.username())
                .setPassword(given.password())
                .setIdentityToken(given.identityToken())));
        String pulled;
        try {
            pulled = cri.call(CriMethods.PULL_IMAGE, request.build(), LONGEST_PULL, Kind.IMAGE_UNAVAILABLE)
                    .getImageRef();
        } catch (RuntimeFaultException refused) {
            throw refused.kind() == Kind.NOT_FOUND
                    ? new RuntimeFaultException(Kind.IMAGE_UNAVAILABLE, refused.getMessage(), refused)
                    : refused;
        }
        return status(pulled)
                .or(() -> status(reference))
                .orElseThrow(() -> new RuntimeFaultException(
                        Kind.IMAGE_UNAVAILABLE, "%s was pulled and is not there".formatted(reference)));
    }

    @Override
    public List<ImageStatus> list() {
        return cri.ask(CriMethods.LIST_IMAGES, ListImagesRequest.getDefaultInstance()).getImagesList().stream()
                // The sandboxes' own image and its like are the runtime's business.
                .filter(image -> !image.getPinned())
                .map(CriStatuses::of)
                .toList();
    }

    @Override
    public void remove(String reference) {
        cri.ask(
                CriMethods.REMOVE_IMAGE,
                RemoveImageRequest.newBuilder().setImage(spec(reference)).build());
    }

    private static ImageSpec spec(String reference) {
        return ImageSpec.newBuilder().setImage(reference).build();
    }
}
