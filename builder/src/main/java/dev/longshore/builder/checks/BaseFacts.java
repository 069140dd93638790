package dev.longshore.builder.checks;

import dev.longshore.images.Platform;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// What is known of base images without fetching any. Called by one thread; should not block for long.
@FunctionalInterface
public interface BaseFacts {

    /// Knows none.
    BaseFacts NONE = (name, platform) -> Optional.empty();

    /// What matters of an image.
    ///
    /// @param shell empty for the default
    /// @param platform what it is for
    record Facts(Map<String, String> env, List<String> shell, Platform platform) {
        public Facts {
            env = Map.copyOf(env);
            shell = List.copyOf(shell);
        }
    }

    /// The image `name` for `platform`; empty if it is not at hand.
    Optional<Facts> find(String name, Platform platform);
}
