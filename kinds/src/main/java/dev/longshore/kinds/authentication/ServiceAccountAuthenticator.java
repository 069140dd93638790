package dev.longshore.kinds.authentication;

import dev.longshore.kinds.kit.KindsContext;
import dev.longshore.model.Authenticator;
import dev.longshore.model.Registry;
import java.util.function.Supplier;

/// Knows programs in pods by their bearer tokens.
public final class ServiceAccountAuthenticator implements Authenticator {

    private final ServiceAccountTokens tokens;
    private final Supplier<Registry> registry;

    /// Looks accounts and pods up in `registry`, which is asked for at each token, so that it may be built
    /// later.
    public ServiceAccountAuthenticator(KindsContext context, Supplier<Registry> registry) {
        this.tokens = new ServiceAccountTokens(context);
        this.registry = registry;
    }

    @Override
    public Verdict authenticate(Credentials credentials) {
        return credentials
                .bearerToken()
                .map(token -> tokens.verify(registry.get(), token, credentials.audiences()))
                .orElseGet(Verdict.NotMine::new);
    }
}
