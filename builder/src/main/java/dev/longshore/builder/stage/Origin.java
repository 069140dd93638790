package dev.longshore.builder.stage;

import dev.longshore.base.Digest;
import java.util.Optional;

/// Files that a stage takes from elsewhere.
///
/// @param keepsOwners whether they belong to whom they belong to there; else to root
/// @param chain what they are, if that never changes: the chain id of the topmost layer
public record Origin(SourceTree files, boolean keepsOwners, Optional<Digest> chain) {

    /// Of somebody's directory.
    static Origin ofDirectory(SourceTree files) {
        return new Origin(files, false, Optional.empty());
    }
}
