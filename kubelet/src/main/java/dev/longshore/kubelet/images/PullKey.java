package dev.longshore.kubelet.images;

import dev.longshore.base.Digest;
import dev.longshore.runtime.Images;
import java.nio.charset.StandardCharsets;

/// A name and password for a registry, and where they come from.
///
/// @param hash of the credentials: who shows the same ones from elsewhere may have what they opened
public record PullKey(Images.Credentials credentials, Source source, String hash) {

    /// Where they come from.
    public sealed interface Source {

        /// A Secret that the pod names.
        record OfSecret(String uid, String namespace, String name) implements Source {}

        /// A plugin of the node's, which gave them to the pod's ServiceAccount.
        record OfServiceAccount(String uid, String namespace, String name) implements Source {}

        /// The node's own: what they open is for every pod of the node.
        record OfNode() implements Source {}
    }

    /// With the hash of what is in it.
    static PullKey of(Images.Credentials credentials, Source source) {
        String all = String.join("\0", credentials.username(), credentials.password(), credentials.identityToken());
        return new PullKey(
                credentials,
                source,
                Digest.sha256(all.getBytes(StandardCharsets.UTF_8)).hex());
    }
}
