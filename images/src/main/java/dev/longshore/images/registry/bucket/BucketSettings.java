package dev.longshore.images.registry.bucket;

import java.net.URI;
import java.util.Optional;

/// Where a bucket is. Keys come from where the AWS SDK finds them: environment, `~/.aws`, the machine's role.
///
/// @param prefix before every key, as `registry/`; may be empty
/// @param endpoint of another server than Amazon's
/// @param hasPathStyle whether the bucket's name goes into the path, as most other servers want it
public record BucketSettings(
        String bucket, String region, String prefix, Optional<URI> endpoint, boolean hasPathStyle) {
    public BucketSettings {
        if (!bucket.matches("[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")) {
            throw new IllegalArgumentException("not a bucket's name: \"" + bucket + "\"");
        }
    }
}
