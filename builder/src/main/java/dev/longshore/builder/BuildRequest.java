package dev.longshore.builder;

import dev.longshore.builder.output.Outputs;
import dev.longshore.builder.stage.Wishes;
import java.util.List;

/// What to build, besides the context.
///
/// @param dockerfile its path within the context
/// @param tags the result's names
/// @param wishes how to build it
/// @param outputs what comes of it
public record BuildRequest(String dockerfile, List<String> tags, Wishes wishes, Outputs outputs) {

    public BuildRequest {
        tags = List.copyOf(tags);
    }

    /// With an image in the store as result.
    public BuildRequest(String dockerfile, List<String> tags, Wishes wishes) {
        this(dockerfile, tags, wishes, Outputs.USUAL);
    }

    /// Of `Dockerfile`, with these names and no other wishes.
    public static BuildRequest tagged(String... tags) {
        return new BuildRequest("Dockerfile", List.of(tags), Wishes.NONE);
    }

    /// The same, built as `other` says.
    public BuildRequest with(Wishes other) {
        return new BuildRequest(dockerfile, tags, other, outputs);
    }

    /// The same with another result.
    public BuildRequest giving(Outputs other) {
        return new BuildRequest(dockerfile, tags, wishes, other);
    }
}
