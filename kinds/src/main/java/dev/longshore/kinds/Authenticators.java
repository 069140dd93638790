package dev.longshore.kinds;

import dev.longshore.kinds.authentication.BootstrapTokenAuthenticator;
import dev.longshore.kinds.authentication.ForTheServer;
import dev.longshore.kinds.authentication.ServiceAccountAuthenticator;
import dev.longshore.kinds.authentication.X509Authenticator;
import dev.longshore.kinds.kit.KindsContext;
import dev.longshore.model.Authenticator;
import dev.longshore.model.Registry;
import java.util.List;
import java.util.function.Supplier;

/// Who knows who asks.
public final class Authenticators {

    private Authenticators() {}

    /// In the order in which they are asked. `registry` is first asked for with the first token.
    public static List<Authenticator> all(KindsContext context, Supplier<Registry> registry) {
        return List.of(
                new X509Authenticator(),
                new ServiceAccountAuthenticator(context, registry),
                new ForTheServer(context.audiences(), new BootstrapTokenAuthenticator(context.time(), registry)));
    }
}
