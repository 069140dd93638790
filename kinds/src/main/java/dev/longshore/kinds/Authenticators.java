package dev.longshore.kinds;

import dev.longshore.kinds.authentication.AnyAuthenticator;
import dev.longshore.kinds.authentication.AuthenticatedUsers;
import dev.longshore.kinds.authentication.BootstrapTokenAuthenticator;
import dev.longshore.kinds.authentication.ForTheServer;
import dev.longshore.kinds.authentication.RememberedTokens;
import dev.longshore.kinds.authentication.ServiceAccountAuthenticator;
import dev.longshore.kinds.authentication.X509Authenticator;
import dev.longshore.kinds.kit.KindsContext;
import dev.longshore.model.Authenticator;
import dev.longshore.model.Registry;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/// Who knows who asks.
public final class Authenticators {

    private Authenticators() {}

    /// All of them as one. `registry` is first asked for with the first token.
    public static Authenticator all(KindsContext context, Supplier<Registry> registry, AuthenticationMeans means) {
        return new AuthenticatedUsers(new AnyAuthenticator(inOrder(context, registry, means)));
    }

    /// Those that know at once before those that ask others.
    private static List<Authenticator> inOrder(
            KindsContext context, Supplier<Registry> registry, AuthenticationMeans means) {
        var all = new ArrayList<>(means.proxies());
        all.add(new X509Authenticator(means.clients()));
        all.add(new RememberedTokens(new AnyAuthenticator(tokens(context, registry, means)), context.time()));
        return all;
    }

    private static List<Authenticator> tokens(
            KindsContext context, Supplier<Registry> registry, AuthenticationMeans means) {
        var all = new ArrayList<Authenticator>();
        means.fileTokens().ifPresent(tokens -> all.add(new ForTheServer(context.audiences(), tokens)));
        all.add(new ServiceAccountAuthenticator(context, registry));
        all.add(new ForTheServer(context.audiences(), new BootstrapTokenAuthenticator(context.time(), registry)));
        means.issuers().ifPresent(tokens -> all.add(new ForTheServer(context.audiences(), tokens)));
        means.webhook().ifPresent(all::add);
        return all;
    }
}
