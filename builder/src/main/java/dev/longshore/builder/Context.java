package dev.longshore.builder;

import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;

/// A build context that was received or fetched, unpacked.
///
/// @param directory its files
/// @param dockerfile the one to build from, whatever the request says: if the Dockerfile is all there is
/// @param made when what it was fetched from was made, if anything says so
public record Context(Path directory, Optional<String> dockerfile, Optional<Instant> made) {

    /// What to build from it, if `request` was asked for.
    public BuildRequest applied(BuildRequest request) {
        BuildRequest dated = request.madeAt(made);
        return dockerfile.map(name -> dated.of(name)).orElse(dated);
    }
}
