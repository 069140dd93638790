package dev.longshore.builder;

import dev.longshore.builder.attest.Attestations;
import dev.longshore.builder.output.Outputs;
import dev.longshore.builder.stage.Wishes;
import java.util.List;

/// What to build, besides the context.
///
/// @param dockerfile its path within the context
/// @param tags the result's names
/// @param wishes how to build it
/// @param outputs what comes of it
/// @param attestations what is said of it besides
public record BuildRequest(
        String dockerfile, List<String> tags, Wishes wishes, Outputs outputs, Attestations attestations) {

    public BuildRequest {
        tags = List.copyOf(tags);
    }

    /// With an image in the store as result.
    public BuildRequest(String dockerfile, List<String> tags, Wishes wishes) {
        this(dockerfile, tags, wishes, Outputs.USUAL, Attestations.NONE);
    }

    /// Of `Dockerfile`, with these names and no other wishes.
    public static BuildRequest tagged(String... tags) {
        return new BuildRequest("Dockerfile", List.of(tags), Wishes.NONE);
    }

    /// The same, built as `other` says.
    public BuildRequest with(Wishes other) {
        return new BuildRequest(dockerfile, tags, other, outputs, attestations);
    }

    /// The same with another result.
    public BuildRequest giving(Outputs other) {
        return new BuildRequest(dockerfile, tags, wishes, other, attestations);
    }

    /// The same with these attestations.
    public BuildRequest attested(Attestations other) {
        return new BuildRequest(dockerfile, tags, wishes, outputs, other);
    }

    /// The same from another Dockerfile.
    BuildRequest of(String other) {
        return new BuildRequest(other, tags, wishes, outputs, attestations);
    }
}
