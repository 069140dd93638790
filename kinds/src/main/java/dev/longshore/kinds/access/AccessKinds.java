package dev.longshore.kinds.access;

import dev.longshore.kinds.kit.KindsContext;
import dev.longshore.model.ResourceDefinition;
import java.util.ArrayList;
import java.util.List;

/// The kinds that say who is who and who may do what.
public final class AccessKinds {

    private AccessKinds() {}

    /// All of them.
    public static List<ResourceDefinition> all(KindsContext context) {
        var all = new ArrayList<ResourceDefinition>();
        all.addAll(RbacKinds.all(context));
        all.addAll(ReviewKinds.all(context));
        all.addAll(CertificateKinds.all(context));
        return all;
    }
}
