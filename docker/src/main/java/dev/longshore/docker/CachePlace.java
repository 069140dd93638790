package dev.longshore.docker;

import dev.longshore.base.Digest;
import dev.longshore.images.Reference;
import java.nio.file.Path;
import java.util.Optional;

/// Where a build's cache comes from or goes to.
sealed interface CachePlace {

    /// A directory of this host.
    ///
    /// @param tag what the cache is called there
    /// @param digest of the one that is read, whatever it is called
    record Directory(Path path, String tag, Optional<Digest> digest) implements CachePlace {}

    /// A tag in a registry: a cache, or an image that has one in it.
    record Registry(Reference reference) implements CachePlace {}

    /// An image that is here, or not.
    record Here(Reference reference) implements CachePlace {}

    /// Within the image that is built.
    record Inline() implements CachePlace {}
}
