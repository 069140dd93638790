package dev.longshore.kinds.authorization.config;

import dev.longshore.kinds.authorization.config.AuthorizationConfiguration.HookFlags;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// What somebody chose: a configuration, and the file that it may be read from again.
///
/// @param policyFile of the mode ABAC, or empty
/// @param file followed while the server runs
/// @param text of the file
public record AuthorizationChoice(
        AuthorizationConfiguration configuration, String policyFile, Optional<Path> file, String text) {

    /// Without flags.
    public static final AuthorizationChoice USUAL =
            new AuthorizationChoice(AuthorizationConfiguration.USUAL, "", Optional.empty(), "");

    /// As `--authorization-config` has it.
    ///
    /// @param policyFile of the mode ABAC, or empty
    /// @throws IllegalArgumentException when it cannot be read or makes no sense
    public static AuthorizationChoice ofFile(Path file, String policyFile) {
        String text;
        try {
            text = Files.readString(file);
        } catch (IOException unreadable) {
            throw new IllegalArgumentException("open " + file + ": no such file or directory", unreadable);
        }
        return new AuthorizationChoice(AuthorizationFile.read(text, Set.of()), policyFile, Optional.of(file), text);
    }

    /// As `--authorization-mode` and its companions have it.
    ///
    /// @throws IllegalArgumentException when they do not fit together
    public static AuthorizationChoice ofFlags(List<String> modes, String policyFile, HookFlags hook) {
        return new AuthorizationChoice(
                AuthorizationConfiguration.ofFlags(modes, policyFile, hook), policyFile, Optional.empty(), "");
    }
}
