package dev.longshore.images;

import dev.longshore.base.Digest;
import java.nio.charset.StandardCharsets;

/// Layers.
public final class Layers {
    /// Chain id.
    public static Digest chainId(Digest parent, Digest diffId) {
        return Digest.sha256((parent + " " + diffId).getBytes(StandardCharsets.UTF_8));
    }
    private Layers() {}
}
