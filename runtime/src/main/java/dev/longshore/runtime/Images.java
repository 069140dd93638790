package dev.longshore.runtime;

import dev.longshore.base.Digest;
import java.util.List;
import java.util.Optional;

/// The images of this node (CRI v1, ImageService). Thread-safe.
public interface Images {

    /// The image that `reference` (a name as a manifest spells it, a digest or an id) means, if it is present.
    Optional<ImageStatus> status(String reference);

    /// Fetches it from its registry; concurrent pulls of one image share the work.
    ///
    /// @throws RuntimeFaultException when it is not to be had; the message says where it was looked for
    ImageStatus pull(String reference, Optional<Credentials> credentials) throws InterruptedException;

    /// All images.
    List<ImageStatus> list();

    /// Removes an image that no container uses. Idempotent.
    void remove(String reference);

    /// Name and password, or a token, for a registry.
    record Credentials(String username, String password, String identityToken) {
        @Override
        public String toString() {
            return "Credentials[" + username + "]";
        }
    }

    /// An image that is present.
    ///
    /// @param id the config's digest
    /// @param user the config's USER, as written there
    record ImageStatus(
            Digest id, List<String> repoTags, List<String> repoDigests, long sizeBytes, Optional<String> user) {
        public ImageStatus {
            repoTags = List.copyOf(repoTags);
            repoDigests = List.copyOf(repoDigests);
        }
    }
}
