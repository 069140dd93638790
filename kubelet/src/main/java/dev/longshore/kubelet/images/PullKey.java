package dev.longshore.kubelet.images;

import dev.longshore.base.Digest;
import dev.longshore.runtime.Images;
import java.nio.charset.StandardCharsets;

/// A name and password for a registry, and the Secret that they come from.
///
/// @param hash of the credentials: who shows the same ones from elsewhere may have what they opened
public record PullKey(Images.Credentials credentials, Source source, String hash) {

    /// A Secret.
    public record Source(String uid, String namespace, String name) {}

    /// With the hash of what is in it.
    static PullKey of(Images.Credentials credentials, Source source) {
        String all = String.join("\0", credentials.username(), credentials.password(), credentials.identityToken());
        return new PullKey(
                credentials,
                source,
                Digest.sha256(all.getBytes(StandardCharsets.UTF_8)).hex());
    }
}
