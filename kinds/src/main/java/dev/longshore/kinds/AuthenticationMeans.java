package dev.longshore.kinds;

import dev.longshore.kinds.authentication.VouchedChain;
import dev.longshore.model.Authenticator;
import java.util.List;
import java.util.Optional;

/// By what clients are known, beside the tokens that the cluster itself gives.
///
/// @param clients who vouches for clients' certificates
/// @param proxies authenticating proxies
/// @param fileTokens tokens that stand in a file
/// @param issuers tokens of issuers outside
/// @param webhook somebody who is asked whose tokens are
public record AuthenticationMeans(
        VouchedChain clients,
        List<Authenticator> proxies,
        Optional<Authenticator> fileTokens,
        Optional<Authenticator> issuers,
        Optional<Authenticator> webhook) {

    public AuthenticationMeans {
        proxies = List.copyOf(proxies);
    }

    /// By certificates alone.
    public static AuthenticationMeans of(VouchedChain clients) {
        return new AuthenticationMeans(clients, List.of(), Optional.empty(), Optional.empty(), Optional.empty());
    }
}
