package dev.longshore.kubelet.images;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// A program that gives credentials for registries, as a CredentialProviderConfig (kubelet.config.k8s.io/v1) has it.
///
/// @param name of the program in the directory for such
/// @param matchImages for which images it is asked, as places are spelled
/// @param usualLife how long credentials are kept of which it does not say it
/// @param version of what is asked and answered, as `credentialprovider.kubelet.k8s.io/v1`
/// @param token whether and how it is told of the pod's ServiceAccount
public record CredentialProvider(
        String name,
        List<String> matchImages,
        Duration usualLife,
        String version,
        List<String> arguments,
        Map<String, String> environment,
        Optional<TokenAttributes> token) {

    public CredentialProvider {
        matchImages = List.copyOf(matchImages);
        arguments = List.copyOf(arguments);
        environment = Map.copyOf(environment);
    }

    /// How it is told of ServiceAccounts.
    ///
    /// @param isRequired whether it is not asked for pods without one
    /// @param required annotations of the account without which it is not asked
    /// @param optional annotations that it is told of if they are there
    /// @param isKeptByToken whether what it gives is good for one token only, and not for the account
    public record TokenAttributes(
            String audience, boolean isRequired, List<String> required, List<String> optional, boolean isKeptByToken) {
        public TokenAttributes {
            required = List.copyOf(required);
            optional = List.copyOf(optional);
        }
    }

    /// Whether it is asked for `repository`, the whole name of one.
    boolean isFor(String repository) {
        return matchImages.stream().anyMatch(pattern -> Keyring.matches(pattern, repository));
    }
}
