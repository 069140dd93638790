package dev.longshore.builder;

import dev.longshore.builder.attest.Attestations;
import dev.longshore.builder.output.Outputs;
import dev.longshore.builder.stage.Wishes;
import dev.longshore.images.Platform;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// What to build, besides the context.
///
/// @param dockerfile its path within the context
/// @param tags the result's names
/// @param wishes how to build it
/// @param outputs what comes of it
/// @param attestations what is said of it besides
/// @param platforms what the results shall run on; without any, what `wishes` says
/// @param isInlining whether images hold what their steps came to, as a cache for others
/// @param contextMade when what the context was fetched from was made, if anything says so
public record BuildRequest(
        String dockerfile,
        List<String> tags,
        Wishes wishes,
        Outputs outputs,
        Attestations attestations,
        List<Platform> platforms,
        boolean isInlining,
        Optional<Instant> contextMade) {

    public BuildRequest {
        tags = List.copyOf(tags);
        platforms = List.copyOf(platforms);
    }

    /// With an image in the store as result.
    public BuildRequest(String dockerfile, List<String> tags, Wishes wishes) {
        this(dockerfile, tags, wishes, Outputs.USUAL, Attestations.NONE, List.of(), false, Optional.empty());
    }

    /// Of `Dockerfile`, with these names and no other wishes.
    public static BuildRequest tagged(String... tags) {
        return new BuildRequest("Dockerfile", List.of(tags), Wishes.NONE);
    }

    /// The same, built as `other` says.
    public BuildRequest with(Wishes other) {
        return new BuildRequest(dockerfile, tags, other, outputs, attestations, platforms, isInlining, contextMade);
    }

    /// The same with another result.
    public BuildRequest giving(Outputs other) {
        return new BuildRequest(dockerfile, tags, wishes, other, attestations, platforms, isInlining, contextMade);
    }

    /// The same with these attestations.
    public BuildRequest attested(Attestations other) {
        return new BuildRequest(dockerfile, tags, wishes, outputs, other, platforms, isInlining, contextMade);
    }

    /// The same for `all` of these platforms.
    public BuildRequest on(List<Platform> all) {
        return new BuildRequest(dockerfile, tags, wishes, outputs, attestations, all, isInlining, contextMade);
    }

    /// The same with images that hold what their steps came to.
    public BuildRequest inlining() {
        return new BuildRequest(dockerfile, tags, wishes, outputs, attestations, platforms, true, contextMade);
    }

    /// The same from another Dockerfile.
    BuildRequest of(String other) {
        return new BuildRequest(other, tags, wishes, outputs, attestations, platforms, isInlining, contextMade);
    }

    /// The same from a context that was made at `moment`.
    BuildRequest madeAt(Optional<Instant> moment) {
        return new BuildRequest(dockerfile, tags, wishes, outputs, attestations, platforms, isInlining, moment);
    }
}
