package dev.longshore.builder;

import java.nio.file.Path;
import java.util.Optional;

/// A build context that was received or fetched, unpacked.
///
/// @param directory its files
/// @param dockerfile the one to build from, whatever the request says: if the Dockerfile is all there is
public record Context(Path directory, Optional<String> dockerfile) {

    /// What to build from it, if `request` was asked for.
    public BuildRequest applied(BuildRequest request) {
        return dockerfile.map(name -> request.of(name)).orElse(request);
    }
}
