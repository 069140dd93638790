package dev.longshore.kubelet.pods;

import dev.longshore.runtime.Images;
import java.util.Optional;

/// The image of one attempt of one container, on its way. Set once, on the puller's thread.
final class ImagePull {

    private volatile Optional<Result> result = Optional.empty();

    static ImagePull done(Result result) {
        var pull = new ImagePull();
        pull.result = Optional.of(result);
        return pull;
    }

    void finish(Result outcome) {
        result = Optional.of(outcome);
    }

    Optional<Result> result() {
        return result;
    }

    /// How it went.
    sealed interface Result {
        /// It is here.
        record Present(Images.ImageStatus image) implements Result {}

        /// It is not; `reason` is what the container's status says.
        record Missing(String reason, String message) implements Result {}
    }
}
