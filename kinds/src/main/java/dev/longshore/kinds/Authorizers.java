package dev.longshore.kinds;

import dev.longshore.kinds.authorization.ChainAuthorizer;
import dev.longshore.kinds.authorization.NodeAuthorizer;
import dev.longshore.kinds.authorization.RbacAuthorizer;
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
}
