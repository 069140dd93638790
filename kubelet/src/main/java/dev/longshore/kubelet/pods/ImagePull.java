package dev.longshore.kubelet.pods;

import dev.longshore.runtime.Images;
import java.util.Optional;
import java.util.Set;

/// The image of one attempt of one container, on its way. Set once, on the puller's thread.
final class ImagePull {

    /// Reasons that say that a registry was asked in vain, which is not done again at once.
    static final Set<String> FAILURES = Set.of("ErrImagePull", "RegistryUnavailable", "SignatureValidationFailed");

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
