package dev.longshore.kinds;

import dev.longshore.kinds.authorization.AuthorizationMeters;
import dev.longshore.kinds.authorization.ChainAuthorizer;
import dev.longshore.kinds.authorization.NodeAuthorizer;
import dev.longshore.kinds.authorization.RbacAuthorizer;
import dev.longshore.kinds.authorization.config.AuthorizationChoice;
import dev.longshore.kinds.authorization.config.ConfiguredAuthorizer;
import dev.longshore.kinds.authorization.webhook.ReviewCall;
import dev.longshore.kinds.kit.KindsContext;
import dev.longshore.model.Authorizer;
import dev.longshore.model.Registry;
import java.util.List;
import java.util.function.Supplier;

/// Who decides who may do what.
public final class Authorizers {

    private Authorizers() {}

    /// Administrators pass; then nodes, then roles are asked. `registry` is first asked for with the first
    /// request.
    public static Authorizer all(KindsContext context, Supplier<Registry> registry) {
        return new ChainAuthorizer(List.of(new NodeAuthorizer(registry), new RbacAuthorizer(context, registry)));
    }

    /// As `choice` has it; `registry` as above.
    ///
    /// @param finder finds the back ends that it names
    /// @param serverId what the server is called among others
    /// @throws IllegalArgumentException when a file that it names cannot be used
    public static Authorizer chosen(
            KindsContext context,
            Supplier<Registry> registry,
            AuthorizationChoice choice,
            ReviewCall.Finder finder,
            String serverId) {
        var parts = new ConfiguredAuthorizer.Parts(
                new NodeAuthorizer(registry),
                new RbacAuthorizer(context, registry),
                finder,
                new AuthorizationMeters(context.time()),
                context.time(),
                context.random(),
                serverId);
        return new ConfiguredAuthorizer(parts, choice);
    }
}
