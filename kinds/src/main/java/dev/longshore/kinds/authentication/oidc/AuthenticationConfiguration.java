package dev.longshore.kinds.authentication.oidc;

import java.util.List;
import java.util.Optional;

/// What an AuthenticationConfiguration of `apiserver.config.k8s.io` says.
///
/// @param issuers whose tokens count
/// @param anonymous who comes in without credentials; as the flag says if it is missing
public record AuthenticationConfiguration(List<TrustedIssuer> issuers, Optional<Anonymous> anonymous) {

    /// No issuer, and strangers as the flag has it.
    public static final AuthenticationConfiguration NONE = new AuthenticationConfiguration(List.of(), Optional.empty());

    public AuthenticationConfiguration {
        issuers = List.copyOf(issuers);
    }

    /// Who comes in without credentials.
    ///
    /// @param paths at these paths only; everywhere if there are none
    public record Anonymous(boolean isEnabled, List<String> paths) {
        public Anonymous {
            paths = List.copyOf(paths);
        }
    }
}
